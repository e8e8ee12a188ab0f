import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectFolder } from '../settings.ts';

const workflowsFolder = join(projectFolder, 'workflows');

/** Gives the version of the SDK that bundles, which must be the one that runs the bundle. */
export function sdkVersion(): string {
  return versionOf('@temporalio/worker');
}

/** Hashes what a bundle depends on: every file of `workflows/`, the SDK's version, and the interceptors with theirs. */
export async function stateOfWorkflows(interceptorModules: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  hash.update(sdkVersion());
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
