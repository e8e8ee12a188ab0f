import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { removeRemains, swapIn, warehouseFiles } from '../../warehouse/swap.ts';
import { CallCounter, counted, watchFileCalls } from '../lake/support/file-calls.ts';

afterAll(watchFileCalls());

it('a swap that is stopped before any of its file calls leaves one whole warehouse, and nothing once remains are removed', async () => {
  const seen: string[] = [];
  for (let stopBefore = 0, isOver = false; !isOver; stopBefore += 1) {
    const folder = await mkdtemp(join(tmpdir(), 'swap-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const files = warehouseFiles(join(folder, 'warehouse.duckdb'));
    await writeFile(files.warehouse, 'old');
    await writeFile(files.next, 'new');
    const end = await counted(new CallCounter(stopBefore, 'halt'), () => swapIn(files));
    isOver = end !== 'stopped';
    seen.push(await readFile(files.warehouse, 'utf8'));
    await removeRemains(files);
    expect(await readdir(folder)).toEqual(['warehouse.duckdb']);
  }
  // sync, rm of a log, rename, sync; then it is answered.
  expect(seen).toEqual(['old', 'old', 'old', 'new', 'new']);
});
