import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { workflowTraceModule } from '../telemetry/traces.ts';
import { sdkVersion, stateOfWorkflows } from './bundle-state.ts';
import { bundleFolder, bundleListFile, hashOf, type BundleList } from './prebuilt-bundle.ts';
import { bundleInto } from './workflow-bundle.ts';

/** What a worker may ask for: no interceptors, or those of traces (worker/open-telemetry.ts). */
const variants: readonly { readonly file: string; readonly interceptorModules: string[] }[] = [
  { file: 'workflows.js', interceptorModules: [] },
  { file: 'workflows-traced.js', interceptorModules: [workflowTraceModule] },
];

/** Builds every bundle that a worker may load, so that it needs no bundler and writes nothing when it starts. */
export async function buildBundles(folder: string, bundle = bundleInto): Promise<BundleList> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const bundles: BundleList['bundles'] = [];
  for (const { file, interceptorModules } of variants) {
    const path = join(folder, file);
    await bundle(path, interceptorModules);
    const state = await stateOfWorkflows(interceptorModules);
    bundles.push({ file, state, interceptorModules, sha256: hashOf(await readFile(path)) });
  }
  const list = { sdk: sdkVersion(), bundles };
  // Last: a build that was stopped leaves no list, and then nothing was built ahead.
  await writeFile(join(folder, bundleListFile), `${JSON.stringify(list, null, 2)}\n`);
  return list;
}

/** Builds into the folder named on the command line, else where a worker looks. */
async function main([folder = bundleFolder]: readonly string[]): Promise<void> {
  const { sdk, bundles } = await buildBundles(folder);
  console.log(`Built ${bundles.length} bundles with SDK ${sdk} in ${folder}.`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv.slice(2));
