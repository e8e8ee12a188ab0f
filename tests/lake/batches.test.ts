import { cp, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { batchOwner, readArrived, readBatch, sealBatch } from '../../lake/batches.ts';
import { LakeIndex } from '../../lake/lake-index.ts';
import { stagingFolder } from '../../lake/layout.ts';
import type { LocalStore } from '../../lake/local-store.ts';
import { recover } from '../../lake/recover.ts';
import type { BatchRef } from '../../workflows/pure/run.ts';
import { collectBatch, openStore, sealFacts, temporaryFolders, treeOf } from './support/lake.ts';
import { runActs } from './support/run-acts.ts';

const folder = temporaryFolders();
const sealedOn = '2026-01-06';

const seal = (store: LocalStore, batchId: string): Promise<BatchRef> =>
  sealBatch(store, 'massive', { ...sealFacts, batchId }, 2);
const recovering = (store: LocalStore, isOpen: boolean): Promise<unknown> =>
  recover(store, new LakeIndex(store), {
    isOpen: async () => isOpen,
    restore: async () => false,
    now: () => new Date(),
  });

/** A lake in whose incoming folder these batches wait to be sealed, two pages each. */
async function collected(names: readonly string[]): Promise<string> {
  const root = folder();
  for (const name of names) await collectBatch(openStore(root), name);
  return root;
}

/** The calls by which a batch is sealed. */
async function sealingCalls(): Promise<string[]> {
  const { told, complaint } = await runActs([
    { act: 'seal', root: await collected(['probe']), name: 'probe' },
  ]);
  expect([complaint, told[0]?.ended]).toEqual(['', 'answered']);
  return (told[0]?.calls ?? []).map(({ name }) => name);
}

describe('a batch whose sealing is stopped before any one of its file calls', () => {
  it('is found by the second attempt, with a recovery in between too, and its pages are as they came', async () => {
    const calls = await sealingCalls();
    const names = [...calls.keys(), calls.length].map((index) => `b${index}`);
    const root = await collected(names);
    const stopped = await runActs(names.map((name, stopBefore) => ({ act: 'seal', root, name, stopBefore })));
    expect(stopped.told.filter(({ ended }) => ended === 'answered')).toHaveLength(1);

    const untouched = join(folder(), 'lake');
    await cp(root, untouched, { recursive: true });
    await recovering(openStore(root), true);
    for (const store of [openStore(root), openStore(untouched)]) {
      for (const id of names) {
        const batch = await seal(store, id);
        expect(batch).toEqual({ id, ingestionDate: sealedOn });
        const { manifest, pages } = await readBatch(store, 'massive', batch);
        expect(pages.map(({ body }) => Buffer.from(body).toString())).toEqual(['page 0', 'page 1']);
        expect(manifest).toMatchObject({ batchId: id, fetchedAt: '2026-01-06T07:00:00.000Z' });
        expect((await store.namesIn(stagingFolder('massive', sealedOn, id))).sort()).toEqual([
          'manifest.json',
          'raw-0001.json',
          'raw.json',
        ]);
      }
      expect(await store.list('incoming')).toEqual([]);
    }
  });
});

describe('a batch that is being collected', () => {
  it('says whose it is, page by page and when half sealed, and is removed when that workflow has ended', async () => {
    const root = await collected(['b1', 'b2']);
    const stopBefore = (await sealingCalls()).lastIndexOf('rename');
    await runActs([{ act: 'seal', root, name: 'b2', stopBefore }]);
    const store = openStore(root);
    const owner = { workflowId: 'window/x', workflowRunId: 'run-1' };
    expect(await batchOwner(store, 'b1')).toMatchObject(owner);
    expect(await batchOwner(store, 'b2')).toMatchObject(owner);
    expect(await batchOwner(store, 'none')).toBeUndefined();
    expect(await readArrived(store, 'b1', 1)).toMatchObject({ file: 'raw-0001.json', sizeBytes: 6 });
    expect(await readArrived(store, 'b1', 2)).toBeUndefined();
    await recovering(store, true);
    expect(await store.namesIn('incoming')).toHaveLength(2);
    await recovering(store, false);
    expect(await store.namesIn('incoming')).toEqual([]);
  });

  it('whose pages are not all there is not sealed: LakeDamaged, and what is there stays', async () => {
    const store = openStore(await collected(['b1']));
    await store.remove('incoming/b1/page-0001.json');
    const before = await treeOf(store);
    await expect(seal(store, 'b1')).rejects.toMatchObject({ code: 'LakeDamaged' });
    expect(await treeOf(store)).toEqual(before);
  });
});

describe('a sealed batch', () => {
  it('is found again by a later attempt and never changed', async () => {
    const store = openStore(await collected(['b1']));
    const batch = await seal(store, 'b1');
    const before = await treeOf(store);
    expect(await seal(store, 'b1')).toEqual(batch);
    expect(await treeOf(store)).toEqual(before);
  });

  it.each([
    ['a page of which one byte is altered', 'raw.json', 'page X'],
    ['a page that is gone', 'raw-0001.json', undefined],
    ['a manifest that is gone', 'manifest.json', undefined],
    ['a manifest that is cut short', 'manifest.json', '{"batchId":'],
  ])('is refused as LakeDamaged, which names the place: %s', async (_title, file, content) => {
    const store = openStore(await collected(['b1']));
    const batch = await seal(store, 'b1');
    const key = `${stagingFolder('massive', batch.ingestionDate, batch.id)}/${file}`;
    if (content === undefined) await store.remove(key);
    else await store.put(key, Buffer.from(content));
    const place = file === 'manifest.json' ? 'batch_id=b1' : file;
    await expect(readBatch(store, 'massive', batch)).rejects.toMatchObject({
      code: 'LakeDamaged',
      message: expect.stringContaining(place) as string,
    });
  });

  it('is read in whatever folder its lake lies', async () => {
    const root = await collected(['b1']);
    const batch = await seal(openStore(root), 'b1');
    const moved = join(folder(), 'moved');
    await rename(root, moved);
    expect((await readBatch(openStore(moved), 'massive', batch)).pages).toHaveLength(2);
  });
});
