import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { workflowTraceModule } from '../../telemetry/traces.ts';
import { buildBundles } from '../../worker/build-bundle.ts';
import { bundleListFile, bundleListSchema, prebuiltBundle } from '../../worker/prebuilt-bundle.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  // What is in a bundle is not looked into, so a text does.
  await buildBundles(folder, (path, modules) => writeFile(path, `bundle with ${modules.join()}`));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function changeList(change: (text: string) => string): Promise<void> {
  const path = join(folder, bundleListFile);
  await writeFile(path, change(await readFile(path, 'utf8')));
}

const refused = (found: string): object => ({
  code: 'BundleStale',
  message: expect.stringMatching(new RegExp(`${found}.*npm run build:bundle`)) as string,
});

describe('workflows that were built ahead', () => {
  it('are those with the interceptors that are asked for', async () => {
    expect(await prebuiltBundle([], folder)).toEqual({ codePath: join(folder, 'workflows.js') });
    expect(await prebuiltBundle([workflowTraceModule], folder)).toEqual({
      codePath: join(folder, 'workflows-traced.js'),
    });
  });

  it('are none where nothing was built, or a build was stopped before its end', async () => {
    await rm(join(folder, bundleListFile));
    expect(await prebuiltBundle([], folder)).toBeUndefined();
  });

  it('are refused where they were made from other workflows or interceptors', async () => {
    await expect(prebuiltBundle(['@temporalio/workflow/lib/index'], folder)).rejects.toMatchObject(
      refused('other workflows'),
    );
    const { bundles } = bundleListSchema.parse(
      JSON.parse(await readFile(join(folder, bundleListFile), 'utf8')),
    );
    await changeList((text) => text.replace(bundles[0]?.state ?? '', '0000000000000000'));
    await expect(prebuiltBundle([], folder)).rejects.toMatchObject(refused('other workflows'));
  });

  it('are refused where another SDK made them', async () => {
    await changeList((text) => text.replace(/"sdk": "[^"]+"/, '"sdk": "1.0.0"'));
    await expect(prebuiltBundle([], folder)).rejects.toMatchObject(refused('version 1.0.0 of the SDK'));
  });

  it('are refused where their bytes are not as they were built, or their list cannot be read', async () => {
    await writeFile(join(folder, 'workflows.js'), 'something else');
    await expect(prebuiltBundle([], folder)).rejects.toMatchObject(refused('workflows.js'));
    await rm(join(folder, 'workflows.js'));
    await expect(prebuiltBundle([], folder)).rejects.toMatchObject(refused('workflows.js'));
    await changeList(() => '{');
    await expect(prebuiltBundle([], folder)).rejects.toMatchObject(refused('cannot be read'));
  });
});
