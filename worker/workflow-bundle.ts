import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { access, mkdir, mkdtemp, readdir, readFile, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFolder } from '../settings.ts';

const workflowsFolder = join(projectFolder, 'workflows');

/** A bundle that could not be made: the bundler's own words. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
  readonly code = 'BundleFailed';
}

/**
 * Gives the workflows as one file that a worker loads. It is made once for each state of `workflows/`, in a
 * process of its own, since the bundler's memory would stay with the worker for good; and kept in the
 * user's cache, or for the moment only where that cannot be written. A bundle with interceptors is another one.
 */
export async function workflowBundle(
  cacheFolder: string,
  interceptorModules: readonly string[] = [],
): Promise<{ readonly codePath: string }> {
  const name = `workflows-${await stateOfWorkflows(interceptorModules)}.js`;
  const folder = await writableFolder(join(cacheFolder, 'marketlake'));
  const codePath = join(folder, name);
  if (await isThere(codePath)) return { codePath };
  const unfinished = join(folder, `${name}.${randomUUID()}`);
  await bundleInto(unfinished, interceptorModules);
  await rename(unfinished, codePath);
  return { codePath };
}

/** What a bundle depends on: every file of `workflows/`, the SDK's version, and the interceptors with theirs. */
async function stateOfWorkflows(interceptorModules: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  hash.update(versionOf('@temporalio/worker'));
  for (const module of interceptorModules) {
    const [scope = '', name = ''] = module.split('/');
    hash.update(`\0${module}@${versionOf(`${scope}/${name}`)}\0`);
  }
  const names = await readdir(workflowsFolder, { recursive: true });
  for (const name of names.filter((each) => each.endsWith('.ts')).sort()) {
    hash.update(`\0${name}\0`);
    hash.update(await readFile(join(workflowsFolder, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

function versionOf(packageName: string): string {
  const manifest = createRequire(import.meta.url)(`${packageName}/package.json`) as { version: string };
  return manifest.version;
}

async function writableFolder(preferred: string): Promise<string> {
  try {
    await mkdir(preferred, { recursive: true });
    await access(preferred, 2);
    return preferred;
  } catch {
    // A read-only image has no cache: the bundle is made anew at each start.
    return mkdtemp(join(tmpdir(), 'marketlake-'));
  }
}

async function bundleInto(path: string, interceptorModules: readonly string[]): Promise<void> {
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
