import { beforeAll, describe, expect, it } from 'vitest';
import { stat } from 'node:fs/promises';
import { LakeIndex } from '../../lake/lake-index.ts';
import {
  bronzeFile,
  candidateFile,
  cellRecordsFolder,
  recordFile,
  supersededFile,
} from '../../lake/layout.ts';
import type { LocalStore } from '../../lake/local-store.ts';
import { publishCandidates } from '../../lake/publish-many.ts';
import { writeCandidate } from '../../lake/publish.ts';
import { recover } from '../../lake/recover.ts';
import { readCellRecords } from '../../lake/records.ts';
import { lotId, lotMark, monthId } from '../../workflows/pure/ids.ts';

import {
  cellFile,
  eventsOf,
  facts,
  hashOf,
  monthCells,
  openStore,
  publishFile,
  publishMonthFiles,
  stockCell,
  temporaryFolders,
  treeOf,
  writeMonthFiles,
} from './support/lake.ts';
import { runActs } from './support/run-acts.ts';

const folder = temporaryFolders();
const cells = monthCells('AAPL');
const [, second] = cells as [ReturnType<typeof stockCell>, ReturnType<typeof stockCell>];
const noBeat = (): void => undefined;

const recovered = async (
  store: LocalStore,
  isOpen: (workflowId: string) => boolean = () => false,
): ReturnType<typeof recover> =>
  recover(store, new LakeIndex(store), {
    isOpen: async (workflowId) => isOpen(workflowId),
    restore: async () => false,
    now: () => new Date(),
  });

const bronzeHash = async (store: LocalStore, cell = second): Promise<string> =>
  hashOf((await store.get(bronzeFile(cell))) ?? new Uint8Array());

describe('many cells published together', () => {
  it('leave what each would leave by itself: file, record number, hashes, and an ordinary record to read', async () => {
    const [together, alone] = [openStore(folder()), openStore(folder())];
    const ends = await publishMonthFiles(together, 'AAPL', 'run-1.1.1', 1);
    for (const cell of cells) await publishFile(alone, cell, 'run-1.1.1', cellFile(cell, 1));

    expect(ends).toEqual(
      cells.map((cell) => ({ cell, outcome: 'published', number: 1, sha256: hashOf(cellFile(cell, 1)) })),
    );
    for (const cell of cells) {
      expect(await bronzeHash(together, cell)).toBe(await bronzeHash(alone, cell));
      const [mine, others] = [await readCellRecords(together, cell), await readCellRecords(alone, cell)];
      const candidate = candidateFile(cell, 'run-1.1.1', 'batch-1');
      expect(mine).toHaveLength(1);
      expect(mine).toEqual(others.map((one) => ({ ...one, record: { ...one.record, candidate } })));
    }
    expect(await together.list('candidates')).toEqual([]);
    expect(await together.list('pending')).toEqual([]);
  });

  it('share one stored record file, of which each cell’s folder names its own entry', async () => {
    const store = openStore(folder());
    await publishMonthFiles(store, 'AAPL', 'run-1.1.1', 1);
    const places = cells.map((cell) => store.pathOf(recordFile(cellRecordsFolder(cell), 1)));
    const inodes = new Set((await Promise.all(places.map((path) => stat(path)))).map(({ ino }) => ino));
    expect(inodes.size).toBe(1);
  });

  it('of one date share a record file too, by ticker; records and index tell them apart, odd names among them', async () => {
    const store = openStore(folder());
    const tickers = ['bitcoin', 'a/b', 'x%y~z', 'tether'];
    const audited = await Promise.all(
      tickers.map(async (ticker, index) => {
        const cell = stockCell(ticker);
        const mark = lotMark('batch-1', 2);
        const bytes = cellFile(cell, index + 1);
        const candidate = await writeCandidate(store, cell, 'run-1.1.1', bytes, 1, undefined, mark);
        return { cell, symbol: `id of ${ticker}`, candidate };
      }),
    );
    const lot = lotId(stockCell(''), 2, 'batch-1');
    await recovered(store, (id) => id === lot);
    expect(await store.list('candidates')).toHaveLength(tickers.length);

    const ends = await publishCandidates(store, audited, facts, noBeat);
    expect(ends.map(({ outcome }) => outcome)).toEqual(tickers.map(() => 'published'));
    const indexed = await new LakeIndex(store).rows(
      'select ticker, symbol, sha256, number from cell_records order by ticker',
    );
    const expected = audited.map(({ cell: { ticker }, symbol, candidate: { sha256 } }) => ({
      ...{ ticker, symbol, sha256, number: 1 },
    }));
    expect(indexed).toEqual(expected.sort((one, other) => (one.ticker < other.ticker ? -1 : 1)));
    for (const { cell, symbol, candidate } of audited) {
      const [found] = await readCellRecords(store, cell);
      expect(found?.record).toMatchObject({ symbol, sha256: candidate.sha256, event: 'published' });
    }
    const places = audited.map(({ cell }) => store.pathOf(recordFile(cellRecordsFolder(cell), 1)));
    const inodes = new Set((await Promise.all(places.map((path) => stat(path)))).map(({ ino }) => ino));
    expect(inodes.size).toBe(1);
  });

  it('change nothing when an attempt does it all again', async () => {
    const store = openStore(folder());
    const audited = await writeMonthFiles(store, 'AAPL', 'run-1.1.1', 1);
    await publishCandidates(store, audited, facts, noBeat);
    const before = await treeOf(store);
    const again = await publishCandidates(store, audited, facts, noBeat);
    expect(again.map(({ outcome }) => outcome)).toEqual(['published', 'published', 'published']);
    expect(await treeOf(store)).toEqual(before);
  });

  it('record what the source said again as unchanged, and a restatement with what it replaced', async () => {
    const store = openStore(folder());
    await publishMonthFiles(store, 'AAPL', 'run-1.1.1', 1);
    await publishFile(store, second, 'run-2.1.1', cellFile(second, 2));
    const ends = await publishMonthFiles(store, 'AAPL', 'run-3.1.1', 2);
    expect(ends.map(({ outcome }) => outcome)).toEqual(['published', 'unchanged', 'published']);
    expect(await eventsOf(store, second)).toEqual(['published', 'published', 'unchanged']);
    const [first] = cells as [typeof second];
    const newest = (await readCellRecords(store, first)).at(-1);
    expect(newest?.record.supersedes?.keptAt).toBe(supersededFile(first, 1));
    expect(await store.sizeOf(supersededFile(first, 1))).toBe(cellFile(first, 1).byteLength);
  });

  it('leave a cell to whoever published it in between, and go on with the others', async () => {
    const store = openStore(folder());
    const audited = await writeMonthFiles(store, 'AAPL', 'zombie.1.1', 1);
    await publishFile(store, second, 'run-2.1.1', cellFile(second, 2));
    const ends = await publishCandidates(store, audited, facts, noBeat);
    expect(new Map(ends.map(({ cell, outcome }) => [cell.date, outcome]))).toEqual(
      new Map([
        ['2026-01-05', 'published'],
        ['2026-01-06', 'LostRace'],
        ['2026-01-07', 'published'],
      ]),
    );
    expect(await bronzeHash(store)).toBe(hashOf(cellFile(second, 2)));
    expect(await eventsOf(store, second)).toEqual(['published']);
  });

  it('go on without a cell whose candidate is gone', async () => {
    const store = openStore(folder());
    const audited = await writeMonthFiles(store, 'AAPL', 'run-1.1.1', 1);
    await store.remove(audited[1]?.candidate.file ?? '');
    const ends = await publishCandidates(store, audited, facts, noBeat);
    expect(ends.filter(({ outcome }) => outcome === 'published')).toHaveLength(2);
    expect(ends.find(({ outcome }) => outcome === 'CandidateGone')?.cell).toEqual(second);
    expect(await eventsOf(store, second)).toEqual([]);
  });

  it('keep their candidates through a recovery while their month is open, and lose them when it is not', async () => {
    const store = openStore(folder());
    await writeMonthFiles(store, 'AAPL', 'run-1.1.1', 1);
    const [first] = cells as [typeof second];
    await recovered(store, (id) => id === monthId(first, 'batch-1'));
    expect(await store.list('candidates')).toHaveLength(3);
    await recovered(store);
    expect(await store.list('candidates')).toEqual([]);
  });
});

describe('a publication of many that is stopped before any one of its file calls', () => {
  const root = folder();
  let names: string[] = [];

  beforeAll(async () => {
    const store = openStore(root);
    const probe = await runActs([{ act: 'publish-many', root, name: 'PROBE', close: 2 }]);
    expect(probe.complaint).toBe('');
    const calls = probe.told[0]?.calls.length ?? 0;
    expect(calls).toBeGreaterThan(40);
    names = Array.from({ length: calls }, (_, index) => `T${index}`);
    // Every other one replaces what was published before.
    for (const name of names.filter((_, index) => index % 2 === 0))
      await publishMonthFiles(store, name, 'run-0.1.1', 1);
    const acts = names.map(
      (name, stopBefore) => ({ act: 'publish-many', root, name, close: 2, stopBefore }) as const,
    );
    const { told } = await runActs(acts);
    expect(told).toHaveLength(names.length);
    expect(told.filter(({ ended }) => ended === 'stopped').length).toBeGreaterThan(calls - 8);
  }, 60_000);

  it('shows readers whole files only, each of a record; recovery keeps every claimed promise and removes the rest', async () => {
    const store = openStore(root);
    await recovered(store);
    for (const cell of names.flatMap(monthCells)) {
      const promised = (await readCellRecords(store, cell)).at(-1)?.record.sha256;
      const inBronze = await store.get(bronzeFile(cell));
      expect(inBronze && hashOf(inBronze)).toBe(promised);
    }
    expect(await store.list('candidates')).toEqual([]);
    expect(await store.list('pending')).toEqual([]);
    expect(await store.list('refused')).toEqual([]);
  });

  it('reaches its end in a next attempt, with one record of each content', async () => {
    const store = openStore(root);
    for (const [index, name] of names.entries()) {
      const ends = await publishMonthFiles(store, name, 'run-1.1.2', 2);
      expect(ends.filter((end) => 'reason' in end)).toEqual([]);
      for (const cell of monthCells(name)) {
        expect(await bronzeHash(store, cell)).toBe(hashOf(cellFile(cell, 2)));
        const published = (await eventsOf(store, cell)).filter((event) => event === 'published');
        expect(published).toHaveLength(index % 2 === 0 ? 2 : 1);
      }
    }
    expect(await store.list('candidates')).toEqual([]);
  });
});
