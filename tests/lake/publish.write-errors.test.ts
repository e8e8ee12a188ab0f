import { beforeAll, describe, expect, it } from 'vitest';
import { bronzeFile, supersededFile } from '../../lake/layout.ts';
import { readCellRecords } from '../../lake/records.ts';
import { recover } from '../../lake/recover.ts';
import { LakeIndex } from '../../lake/lake-index.ts';
import { cellFile, hashOf, openStore, publishFile, stockCell, temporaryFolders } from './support/lake.ts';
import { runActs, type ActsEnd } from './support/run-acts.ts';

/** Each call, and the error that a disk gives to it: the others make no sense there. */
const errnoOf = (name: string): string => (name === 'write' || name === 'close' ? 'ENOSPC' : 'EIO');

const folder = temporaryFolders();
const root = folder();
const store = openStore(root);
const old = (name: string): string => hashOf(cellFile(stockCell(name), 1));
const fresh = (name: string): string => hashOf(cellFile(stockCell(name), 2));

/** One call that was refused, of a publication of its own cell. */
interface Refused {
  readonly name: string;
  readonly call: string;
  readonly told: ActsEnd['told'][number];
}

let refused: Refused[] = [];

beforeAll(async () => {
  const publish = async (name: string, close: number, attempt: string): Promise<unknown> =>
    publishFile(openStore(root), stockCell(name), attempt, cellFile(stockCell(name), close));
  await publish('PROBE', 1, 'run-0.w.1');
  const probe = await runActs([{ act: 'publish', root, name: 'PROBE', close: 2, how: 'fail' }]);
  const calls = probe.told[0]?.calls ?? [];
  const names = calls.map((_, index) => `T${index}`);
  for (const name of names) await publish(name, 1, 'run-0.w.1');
  const { told, complaint } = await runActs(
    names.map((name, stopBefore) => {
      const errno = errnoOf(calls[stopBefore]?.name ?? '');
      return { act: 'publish', root, name, close: 2, how: 'fail', stopBefore, errno };
    }),
  );
  expect(complaint).toBe('');
  refused = names.map((name, index) => {
    const one = told[index];
    const call = one?.calls.find((each) => each.name.startsWith('refused ')) ?? { name: 'none', path: '' };
    if (!one) throw new Error(`${name} told nothing`);
    return { name, call: call.name.replace('refused ', ''), told: one };
  });
});

const hashIn = async (key: string): Promise<string | undefined> => {
  const bytes = await store.get(key);
  return bytes && hashOf(bytes);
};

describe('a restatement of which one file call, whichever, is refused by the disk', () => {
  it('meets an error of each kind of call', () => {
    expect(new Set(refused.map(({ call }) => call))).toEqual(
      new Set(['mkdir', 'open', 'write', 'sync', 'close', 'link', 'rename', 'rm']),
    );
  });

  it('says LakeUnwritable, and is never answered', () => {
    expect(refused.filter(({ told }) => told.ended === 'answered').map(({ call }) => call)).toEqual([]);
    expect(new Set(refused.map(({ told }) => told.code))).toEqual(new Set(['LakeUnwritable']));
  });

  it('never syncs a file again whose sync has failed, nor gives it a name', () => {
    for (const { told } of refused) {
      const at = told.calls.findIndex(({ name }) => name === 'refused sync');
      const path = told.calls[at]?.path ?? '';
      if (!path.includes('/pending/')) continue;
      const after = told.calls.slice(at + 1).filter((call) => call.path.startsWith(path));
      expect(after.map(({ name }) => name).filter((name) => name !== 'close')).toEqual(['rm']);
    }
  });

  it('shows readers the old file or the new one, whole', async () => {
    for (const { name } of refused)
      expect([old(name), fresh(name)]).toContain(await hashIn(bronzeFile(stockCell(name))));
  });

  it('is carried out by the next attempt: one record of each content, the old file kept, nothing left', async () => {
    for (const { name } of refused)
      await publishFile(openStore(root), stockCell(name), 'run-1.write.2', cellFile(stockCell(name), 2));
    await recover(store, new LakeIndex(store), {
      isOpen: async () => false,
      restore: async () => false,
      now: () => new Date(),
    });
    for (const { name } of refused) {
      const published = (await readCellRecords(store, stockCell(name))).filter(
        ({ record }) => record.event === 'published',
      );
      expect(published.map(({ record }) => record.sha256)).toEqual([old(name), fresh(name)]);
      expect(await hashIn(bronzeFile(stockCell(name)))).toBe(fresh(name));
      expect(await hashIn(supersededFile(stockCell(name), 1))).toBe(old(name));
    }
    const left = [...(await store.list('candidates')), ...(await store.list('refused'))];
    expect(left).toEqual([]);
  });
});
