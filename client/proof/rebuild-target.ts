import { mkdir, readdir } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { z } from 'zod';
import { jsonBytes, tryParseJson } from '../../lake/json.ts';
import { LocalStore } from '../../lake/local-store.ts';
import type { RebuildReport } from '../../proof/rebuild-bronze.ts';
import { WrongUse } from '../command/exit-code.ts';
import type { OpenLake } from '../command/lake-client.ts';

/** The folder of a rebuild: which lake it is of, and in the end what was found. */
const reportFile = 'rebuild.json';
const reportSchema = z.object({ lake: z.string() });

/** Where a rebuild goes. */
export interface RebuildTarget {
  readonly folder: string;
  readonly store: LocalStore;
  /** Writes down what was found. */
  readonly report: (report: RebuildReport) => Promise<void>;
}

/**
 * Opens the folder of a rebuild: a new or empty one, or one of an earlier rebuild of the same lake.
 * @throws WrongUse for a folder with anything else in it, or one within the lake.
 */
export async function openTarget(path: string, { lake, store: lakeStore }: OpenLake): Promise<RebuildTarget> {
  const folder = resolve(path);
  if (isWithin(lakeStore.root, folder) || isWithin(folder, lakeStore.root))
    throw new WrongUse(
      `--into ${path} and the lake at ${lakeStore.root} lie in each other. Name a folder apart.`,
    );
  await mkdir(folder, { recursive: true });
  const store = new LocalStore(folder);
  const bytes = await store.get(reportFile);
  const earlier = bytes && reportSchema.safeParse(tryParseJson(bytes));
  const isOurs = earlier
    ? earlier.success && earlier.data.lake === lake.id
    : (await readdir(folder)).length === 0;
  if (!isOurs)
    throw new WrongUse(
      `--into ${path} holds something else than a rebuild of ${lake.id}. Name a new folder.`,
    );
  if (!bytes) await store.put(reportFile, jsonBytes({ lake: lake.id }));
  return {
    folder,
    store,
    report: (report) => store.put(reportFile, jsonBytes({ lake: lake.id, ...report })),
  };
}

function isWithin(outer: string, inner: string): boolean {
  const way = relative(outer, inner);
  return way === '' || (!way.startsWith('..') && !way.startsWith('/'));
}
