import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFolder } from '../settings.ts';
import { stateOfWorkflows } from './bundle-state.ts';
import { prebuiltBundle } from './prebuilt-bundle.ts';

/** A bundle that could not be made: the bundler's own words. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
  readonly code = 'BundleFailed';
}

/**
 * Gives the workflows as one file that a worker loads: the one built ahead where there is one, as in the image. Else it
 * is made once for each state of `workflows/`, in a process of its own, since the bundler's memory would stay with the
 * worker for good; and kept in the user's cache, or for the moment only where that cannot be written. A bundle with
 * interceptors is another one.
 * @throws BundleStale where the one built ahead is of other workflows, BundleError where none can be made.
 */
export async function workflowBundle(
  cacheFolder: string,
  interceptorModules: readonly string[] = [],
): Promise<{ readonly codePath: string }> {
  const prebuilt = await prebuiltBundle(interceptorModules);
  if (prebuilt) return prebuilt;
  const name = `workflows-${await stateOfWorkflows(interceptorModules)}.js`;
  const folder = await writableFolder(join(cacheFolder, 'marketlake'));
  const codePath = join(folder, name);
  if (await isThere(codePath)) return { codePath };
  const unfinished = join(folder, `${name}.${randomUUID()}`);
  await bundleInto(unfinished, interceptorModules);
  await rename(unfinished, codePath);
  return { codePath };
}

async function writableFolder(preferred: string): Promise<string> {
  try {
    await mkdir(preferred, { recursive: true });
    await access(preferred, 2);
    return preferred;
  } catch {
    // Without a cache the bundle is made anew at each start.
    return mkdtemp(join(tmpdir(), 'marketlake-'));
  }
}

/** Bundles the workflows with these interceptors into a new file, in a process of its own. */
export async function bundleInto(path: string, interceptorModules: readonly string[]): Promise<void> {
  const script = join(projectFolder, 'worker', 'bundle-workflows.ts');
  const child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), script, path, ...interceptorModules],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code === 0) return;
  throw new BundleError(
    `The workflows could not be bundled. What workflows/ imports must be its own pure files, types, or @temporalio/workflow.\n${complaint}`,
  );
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
