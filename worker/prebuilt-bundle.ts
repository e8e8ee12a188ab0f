import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { projectFolder } from '../settings.ts';
import { sdkVersion, stateOfWorkflows } from './bundle-state.ts';

/** Where bundles that are built ahead lie: in the image, or wherever `npm run build:bundle` was run. */
export const bundleFolder = join(projectFolder, 'bundle');

/** What lies beside them and says what they are; written last. */
export const bundleListFile = 'bundles.json';

const bundleSchema = z.strictObject({
  file: z.string().min(1),
  /** What it was made from: see bundle-state.ts. */
  state: z.string().min(1),
  interceptorModules: z.array(z.string()),
  sha256: z.string().length(64),
});

/** The bundles of one build, and the SDK that made them. */
export const bundleListSchema = z.strictObject({ sdk: z.string().min(1), bundles: z.array(bundleSchema) });

/** The bundles of one build. */
export type BundleList = z.infer<typeof bundleListSchema>;

/** A bundle built ahead that is not of these workflows: which, and how to build it anew. */
export class BundleStale extends Error {
  override readonly name = 'BundleStale';
  readonly code = 'BundleStale';
}

/**
 * Gives the bundle that was built ahead with these interceptors; undefined where nothing was built ahead.
 * A bundle is never repaired by making another in silence: what runs is what was built and shipped, or nothing.
 * @throws BundleStale where it is of another SDK, of other workflows, or not the file that was built.
 */
export async function prebuiltBundle(
  interceptorModules: readonly string[],
  folder = bundleFolder,
): Promise<{ readonly codePath: string } | undefined> {
  const list = await readList(folder);
  if (!list) return undefined;
  const sdk = sdkVersion();
  if (list.sdk !== sdk) throw stale(folder, `was made by version ${list.sdk} of the SDK, and this is ${sdk}`);
  const state = await stateOfWorkflows(interceptorModules);
  const bundle = list.bundles.find((each) => each.state === state);
  if (!bundle) throw stale(folder, 'was made from other workflows or interceptors than are here');
  const codePath = join(folder, bundle.file);
  const code = await readFile(codePath).catch(() => undefined);
  if (!code || hashOf(code) !== bundle.sha256)
    throw stale(folder, `lacks ${bundle.file}, or that is not as it was built`);
  return { codePath };
}

/** Hashes a bundle's code, as the list names it. */
export function hashOf(code: Uint8Array): string {
  return createHash('sha256').update(code).digest('hex');
}

async function readList(folder: string): Promise<BundleList | undefined> {
  const path = join(folder, bundleListFile);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const parsed = bundleListSchema.safeParse(tryJson(text));
  if (parsed.success) return parsed.data;
  throw stale(folder, `has a ${bundleListFile} that cannot be read`);
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function stale(folder: string, found: string): BundleStale {
  return new BundleStale(
    `The workflows were to be loaded from ${folder}, which ${found}. Build it anew with npm run build:bundle, or remove the folder; an image is built anew.`,
  );
}
