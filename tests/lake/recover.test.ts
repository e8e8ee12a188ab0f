import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadContracts } from '../../contracts/load.ts';
import { claimBatch, keepArrived, readBatch, sealBatch } from '../../lake/batches.ts';
import { cellBytes } from '../../lake/cell-bytes.ts';
import { keepContract } from '../../lake/kept-contracts.ts';
import { LakeIndex } from '../../lake/lake-index.ts';
import { bronzeFile, cellRecordsFolder, stagingFolder, supersededFile } from '../../lake/layout.ts';
import { pendingKey, type LocalStore } from '../../lake/local-store.ts';
import { writerVersion } from '../../lake/parquet.ts';
import { publishCandidate, writeCandidate } from '../../lake/publish.ts';
import { recover } from '../../lake/recover.ts';
import type { Recovered, RecoveryHelp } from '../../lake/recovery.ts';
import { claimRecord, readCellRecords } from '../../lake/records.ts';
import { openProofLake } from '../../proof/proof-lake.ts';
import { restoreCell } from '../../proof/restore-cell.ts';
import { createSources } from '../../sources/index.ts';
import type { CellKey } from '../../workflows/pure/cell.ts';
import type { BatchRef } from '../../workflows/pure/run.ts';
import {
  cellFile,
  facts,
  hashOf,
  openStore,
  publishFile,
  stockCell,
  temporaryFolders,
  treeOf,
} from './support/lake.ts';

const folder = temporaryFolders();
const cell = stockCell('AAPL');
const place = bronzeFile(cell);
const nothing: Recovered = { removed: [], completed: [], restored: [], quarantined: [], lost: [] };
const dead = { isOpen: async () => false, restore: async () => false, now: () => new Date() };

const recovering = (store: LocalStore, help: Partial<RecoveryHelp> = {}): Promise<Recovered> =>
  recover(store, new LakeIndex(store), { ...dead, ...help });

/** Runs recovery twice: the second time finds nothing to do and changes nothing. */
async function recoverTwice(store: LocalStore, help: Partial<RecoveryHelp> = {}): Promise<Recovered> {
  const first = await recovering(store, help);
  const tree = await treeOf(store);
  expect({ ...(await recovering(store, help)), lost: [] }).toEqual(nothing);
  expect(await treeOf(store)).toEqual(tree);
  return first;
}

describe('files that a process was writing', () => {
  const nameOf = (pid: number, host = hostname()): string => `pending/${host}.${pid}.5e1f`;
  const deadPid = async (): Promise<number> => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    return child.pid ?? 0;
  };

  it('are removed where it is dead, and kept where it lives', async () => {
    const store = openStore(folder());
    const gone = nameOf(await deadPid());
    await store.put(gone, Buffer.from('half'));
    const living = [pendingKey(), nameOf(process.ppid)];
    for (const key of living) await store.put(key, Buffer.from('half'));
    expect(await recoverTwice(store)).toEqual({ ...nothing, removed: [gone] });
    expect((await store.list('pending')).sort()).toEqual([...living].sort());
  });

  it('on another machine are removed when they are older than any write', async () => {
    const store = openStore(folder());
    const [young, old] = [nameOf(1, 'elsewhere'), nameOf(2, 'elsewhere')];
    await store.put(young, Buffer.from('half'));
    await store.put(old, Buffer.from('half'));
    const anHourAgo = new Date(Date.now() - 3_600_000);
    await utimes(store.pathOf(old), anHourAgo, anHourAgo);
    expect(await recoverTwice(store)).toEqual({ ...nothing, removed: [old] });
  });

  it('with names that nobody here gives do not stop a recovery', async () => {
    const store = openStore(folder());
    const strange = [
      'pending/%ZZ.12.x',
      'pending/x',
      'incoming/%ZZ/raw.json',
      'candidates/%ZZ~b~c~d.parquet',
      'candidates/a~b~c~d.parquet',
    ];
    for (const key of strange) await store.put(key, Buffer.from('?'));
    expect(await recoverTwice(store)).toEqual(nothing);
  });
});

describe('what workflows left', () => {
  it('is removed where they have ended, and kept while they run', async () => {
    const store = openStore(folder());
    const attempts = ['ended-run.write.1', 'open-run.write.1'];
    for (const attempt of attempts) await writeCandidate(store, cell, attempt, cellFile(cell, 1), 1);
    for (const run of ['ended-run', 'open-run']) {
      await claimBatch(store, `batch-${run}`, { workflowId: 'window/x', workflowRunId: run });
    }
    await store.put('incoming/nobodys/raw.json', Buffer.from('x'));
    const asked: string[] = [];
    const found = await recoverTwice(store, {
      isOpen: async (workflowId, run) => {
        asked.push(`${workflowId} ${run}`);
        return run === 'open-run';
      },
    });
    expect(found.removed).toHaveLength(3);
    expect(await store.list('candidates')).toEqual([expect.stringContaining('open-run')]);
    expect(await store.namesIn('incoming')).toEqual(['batch-open-run']);
    expect(asked).toContain('partition/2026-01-05/AAPL/massive.daily_bars ended-run');
    expect(asked).toContain('window/x open-run');
  });
});

describe('a file in bronze', () => {
  it('that no record names is set aside, wherever it lies, and bronze holds published files only', async () => {
    const store = openStore(folder());
    await publishFile(store, cell, 'a.1', cellFile(cell, 1));
    const foreign = [
      bronzeFile(stockCell('GHOST')),
      `${place}.tmp`,
      'bronze/notes.txt',
      'bronze/source=%ZZ/resource=r/ticker=t/date=2026-01-05/data.parquet',
    ];
    for (const key of foreign) await store.put(key, Buffer.from(key));
    const found = await recoverTwice(store);
    expect({ ...found, quarantined: [...found.quarantined].sort() }).toEqual({
      ...nothing,
      quarantined: [...foreign].sort(),
    });
    expect(await store.list('bronze')).toEqual([place]);
    expect(await store.list('refused/foreign')).toHaveLength(foreign.length);
  });

  it('set aside a second time does not take the place of the first', async () => {
    const store = openStore(folder());
    for (const content of ['one', 'two']) {
      await store.put('bronze/notes.txt', Buffer.from(content));
      await recovering(store);
    }
    const kept = await Promise.all(
      (await store.list('refused/foreign')).map(async (key) =>
        Buffer.from((await store.get(key)) ?? []).toString(),
      ),
    );
    expect(kept.sort()).toEqual(['one', 'two']);
  });

  it('of the right length but with another byte is found', async () => {
    const store = openStore(folder());
    const bytes = cellFile(cell, 1);
    await publishFile(store, cell, 'a.1', bytes);
    const altered = Uint8Array.from(bytes);
    altered[Math.floor(altered.length / 2)] = 0xff ^ (bytes[Math.floor(bytes.length / 2)] ?? 0);
    await store.put(place, altered);
    expect(await recovering(store)).toMatchObject({ quarantined: [place], lost: [place.slice(7, -13)] });
  });
});

describe('a cell whose file cannot be brought back', () => {
  it('becomes failed once, with its reason, so that a later run takes it up', async () => {
    const store = openStore(folder());
    await publishFile(store, cell, 'a.1', cellFile(cell, 1));
    await store.remove(place);
    expect((await recoverTwice(store)).lost).toHaveLength(1);
    expect(
      (await readCellRecords(store, cell)).map(({ record }) => [record.event, record.code, record.run]),
    ).toEqual([
      ['published', undefined, facts.run],
      ['failed', 'LakeDamaged', facts.run],
    ]);
  });
});

describe('a restatement that was promised and not made', () => {
  async function promised(store: LocalStore, isCandidateLeft: boolean): Promise<void> {
    await publishFile(store, cell, 'a.1', cellFile(cell, 1));
    const { number, file, sha256, sizeBytes } = await writeCandidate(
      store,
      cell,
      'run.w.1',
      cellFile(cell, 2),
      1,
    );
    const supersedes = { number: 1, sha256: hashOf(cellFile(cell, 1)), keptAt: supersededFile(cell, 1) };
    const record = {
      ...facts,
      event: 'published',
      sha256,
      sizeBytes,
      rowCount: 1,
      candidate: file,
      supersedes,
    };
    await claimRecord(store, cellRecordsFolder(cell), number, record);
    if (!isCandidateLeft) await store.remove(file);
  }

  it.each([true, false])('is made, and the old file kept (its workflow still runs: %s)', async (isOpen) => {
    const store = openStore(folder());
    await promised(store, true);
    const found = await recoverTwice(store, { isOpen: async () => isOpen });
    expect([found.quarantined, found.lost]).toEqual([[], []]);
    expect(hashOf((await store.get(place)) ?? Buffer.of())).toBe(hashOf(cellFile(cell, 2)));
    expect(hashOf((await store.get(supersededFile(cell, 1))) ?? Buffer.of())).toBe(hashOf(cellFile(cell, 1)));
  });

  it('whose candidate is gone is written again, and the old file kept', async () => {
    const store = openStore(folder());
    await promised(store, false);
    const restore = async (): Promise<boolean> => {
      await store.put(place, cellFile(cell, 2));
      return true;
    };
    expect(await recoverTwice(store, { restore })).toMatchObject({ restored: [expect.anything()], lost: [] });
    expect(hashOf((await store.get(supersededFile(cell, 1))) ?? Buffer.of())).toBe(hashOf(cellFile(cell, 1)));
  });

  it('that nothing can bring about leaves readers the old file', async () => {
    const store = openStore(folder());
    await promised(store, false);
    expect(await recoverTwice(store)).toMatchObject({ quarantined: [], lost: [expect.anything()] });
    expect(hashOf((await store.get(place)) ?? Buffer.of())).toBe(hashOf(cellFile(cell, 1)));
  });
});

describe('recovery beside a living worker', () => {
  it('takes away nothing that is published after it has read the index', async () => {
    const store = openStore(folder());
    await publishFile(store, cell, 'a.1', cellFile(cell, 1));
    const list = store.list.bind(store);
    store.list = async (name) => {
      if (name === 'bronze') {
        await publishFile(store, cell, 'b.1', cellFile(cell, 2));
        await publishFile(store, stockCell('MSFT'), 'b.1', cellFile(stockCell('MSFT'), 1));
      }
      return list(name);
    };
    expect(await recovering(store)).toEqual(nothing);
    expect(await list('bronze')).toHaveLength(2);
  });
});

describe('a published file that is gone', () => {
  const contracts = loadContracts(join(import.meta.dirname, '../../contracts'));
  const sources = createSources({ csvFiles: {} });
  const answer = {
    ticker: 'AAPL',
    queryCount: 1,
    resultsCount: 1,
    adjusted: false,
    results: [{ v: 1000, vw: 10.5, o: 10, c: 11, h: 12, l: 9, t: Date.parse('2026-01-05T05:00:00Z'), n: 42 }],
    status: 'OK',
    request_id: 'r1',
    count: 1,
  };

  /** A lake with one cell that was published from its staged batch. */
  async function publishedFromBatch(): Promise<{
    store: LocalStore;
    batch: BatchRef;
    restore: (cell: CellKey) => Promise<boolean>;
  }> {
    const store = openStore(folder());
    const ask = { kind: 'range', symbol: 'AAPL', from: cell.date, to: cell.date } as const;
    const owner = { workflowId: 'window/x', workflowRunId: 'run-1' };
    const page = { index: 0, request: { target: '/x' }, status: 200, contentType: null, rowCount: 1 };
    await keepArrived(
      store,
      'b1',
      { ...page, body: Buffer.from(JSON.stringify(answer)) },
      new Date(facts.recordedAt),
    );
    const batch = await sealBatch(
      store,
      'massive',
      { batchId: 'b1', dataset: cell.dataset, ask, window: 'window/x', ...owner },
      1,
    );
    const contract = contracts.get(cell.dataset);
    const resource = sources.get('massive')?.resources['daily_bars'];
    if (!contract || !resource) throw new Error('massive.daily_bars has a source and a contract');
    const made = cellBytes(resource, contract, await readBatch(store, 'massive', batch), {
      ...cell,
      symbol: 'AAPL',
      batch,
    });
    if (!made) throw new Error('The answer has a bar of that day');
    const candidate = await writeCandidate(store, cell, 'a.1', made.bytes, made.rowCount);
    await keepContract(store, contract, await readFile(contract.file));
    const of = { contractVersion: contract.version, contractSha256: contract.sha256, symbol: 'AAPL' };
    await publishCandidate(store, cell, candidate, { ...facts, ...of, batch, writer: writerVersion });
    const lake = openProofLake(store, sources);
    return { store, batch, restore: (wanted) => restoreCell(lake, wanted) };
  }

  it.each([
    ['deleted', undefined],
    ['cut short', 100],
    ['emptied', 0],
  ])('is restored from staging byte for byte: %s', async (_title, keptBytes) => {
    const { store, restore } = await publishedFromBatch();
    const before = (await store.get(place)) ?? Buffer.of();
    if (keptBytes === undefined) await store.remove('bronze');
    else await store.put(place, before.subarray(0, keptBytes));
    const found = await recoverTwice(store, { restore });
    const quarantined = keptBytes === undefined ? [] : [place];
    expect(found).toEqual({
      ...nothing,
      restored: [place.slice('bronze/'.length, -'/data.parquet'.length)],
      quarantined,
    });
    expect(hashOf((await store.get(place)) ?? Buffer.of())).toBe(hashOf(before));
    expect(await store.list('refused/foreign')).toHaveLength(quarantined.length);
  });

  it('and whose batch is altered is lost, without keeping the worker from starting', async () => {
    const { store, batch, restore } = await publishedFromBatch();
    await store.put(`${stagingFolder('massive', batch.ingestionDate, batch.id)}/raw.json`, Buffer.from('{}'));
    await store.remove(place);
    expect((await recoverTwice(store, { restore })).lost).toHaveLength(1);
    expect(await store.list('bronze')).toEqual([]);
  });
});
