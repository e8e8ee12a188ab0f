import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { jsonBytes } from '../../lake/json.ts';
import { LakeIndex } from '../../lake/lake-index.ts';
import {
  auditFile,
  cellRecordsFolder,
  recordFile,
  runRecordsFolder,
  windowRecordsFolder,
} from '../../lake/layout.ts';
import type { LocalStore } from '../../lake/local-store.ts';
import { publishCandidate, writeCandidate } from '../../lake/publish.ts';
import { appendCellRecord, appendRecord, type CellRecord } from '../../lake/records.ts';
import type { CellKey } from '../../workflows/pure/cell.ts';
import {
  cellFile,
  facts,
  openStore,
  publishFile,
  stockCell,
  temporaryFolders,
  treeOf,
} from './support/lake.ts';

const folder = temporaryFolders();
const run = promisify(execFile);
const cellsSql = `select source, resource, ticker, date::varchar as date, state, number::varchar as number, run,
  batch_id, sha256, code, reason from cells order by all`;

const note = (
  store: LocalStore,
  cell: CellKey,
  event: CellRecord['event'],
  more: Partial<CellRecord> = {},
): Promise<number> => appendCellRecord(store, cell, { ...facts, event, ...more });

/** Records that a window could not be fetched, after which records of its cells. */
const windowFails = (
  store: LocalStore,
  cells: readonly { ticker: string; after: number }[],
  recordedAt: string,
): Promise<number> =>
  appendRecord(store, windowRecordsFolder('window/x'), {
    event: 'failed',
    recordedAt,
    run: 'daily/w',
    dataset: 'massive.daily_bars',
    code: 'Network',
    reason: 'no answer',
    cells: cells.map((cell) => ({ ...cell, date: '2026-01-05' })),
  });

/** Asks for one cell as an index made just now shows it. */
async function stateOf(store: LocalStore, ticker: string): Promise<Record<string, unknown> | undefined> {
  const rows = await new LakeIndex(store).rows('select * from cells where ticker = $ticker', { ticker });
  return rows[0];
}

/** A lake with something of everything. */
async function variedLake(): Promise<LocalStore> {
  const store = openStore(folder());
  for (const ticker of ['A', 'BRK/B', 'a+b', 'NULL', '100%', "it's"]) {
    await publishFile(store, stockCell(ticker), 'a.1', cellFile(stockCell(ticker), 1));
  }
  await note(store, stockCell('C'), 'closed', { reason: 'weekend' });
  await note(store, stockCell('F'), 'failed', {
    code: 'Network',
    batch: { id: 'b1', ingestionDate: '2026-01-06' },
  });
  await windowFails(store, [{ ticker: 'W', after: 0 }], '2026-01-06T08:00:00Z');
  await store.put(
    auditFile(stockCell('A'), 'a.1'),
    jsonBytes({
      auditedAt: facts.recordedAt,
      run: facts.run,
      contractVersion: '1',
      verdict: { outcome: 'passed', ruleCount: 3, checks: [] },
    }),
  );
  return store;
}

describe('the index', () => {
  it('says the same whether it grew with the records, was deleted, or is made in one go', async () => {
    const store = await variedLake();
    const index = new LakeIndex(store);
    const before = await index.rows(cellsSql);
    expect(before.map((row) => row['ticker'])).toEqual([
      '100%',
      'A',
      'BRK/B',
      'C',
      'F',
      'NULL',
      'W',
      'a+b',
      "it's",
    ]);
    await note(store, stockCell('LATE'), 'waiting', { until: '2026-01-07T00:00:00Z' });
    const grown = await index.rows(cellsSql);
    expect(grown).toHaveLength(before.length + 1);
    await rm(store.pathOf('index.duckdb'));
    expect(await index.rows(cellsSql)).toEqual(grown);
    expect(await new LakeIndex(store).rows(cellsSql)).toEqual(grown);
  });

  it('says of a publication which audit it passed and which record it replaced', async () => {
    const store = openStore(folder());
    const cell = stockCell('A');
    await publishFile(store, cell, 'a.1', cellFile(cell, 1));
    const candidate = await writeCandidate(store, cell, 'a.2', cellFile(cell, 2), 1);
    await publishCandidate(store, cell, candidate, { ...facts, audit: 'audits/a.2.json' });
    const sql = 'select number, audit, supersedes_number from cell_records order by number';
    expect(await new LakeIndex(store).rows(sql)).toEqual([
      { number: 1, audit: null, supersedes_number: null },
      { number: 2, audit: 'audits/a.2.json', supersedes_number: 1 },
    ]);
  });

  it('says of a rebuild what it changed', async () => {
    const store = openStore(folder());
    const record = { ...facts, event: 'rebuilt', difference: '2 closes changed' };
    await appendRecord(store, runRecordsFolder(facts.run), record);
    const sql = 'select run, event, difference from run_records';
    expect(await new LakeIndex(store).rows(sql)).toEqual([
      { run: facts.run, event: 'rebuilt', difference: '2 closes changed' },
    ]);
  });

  it('changes nothing but itself', async () => {
    const store = await variedLake();
    const before = await treeOf(store);
    await new LakeIndex(store).rows(cellsSql);
    expect(await treeOf(store)).toEqual(before);
  });

  it('reads a lake whatever the folder above it is called', async () => {
    const root = join(folder(), "it's [a] lake*", 'source=x', 'ticker=y');
    const store = openStore(root);
    await publishFile(store, stockCell('A'), 'a.1', cellFile(stockCell('A'), 1));
    expect(await new LakeIndex(store).rows('select source, ticker, state from cells')).toEqual([
      { source: 'massive', ticker: 'A', state: 'published' },
    ]);
  });

  it('can be copied, and the copy says the same', async () => {
    const store = await variedLake();
    const index = new LakeIndex(store);
    const rows = await index.rows(cellsSql);
    await index.copyTo(store.pathOf('copy.duckdb'));
    const copy = openStore(folder());
    await writeFile(copy.pathOf('index.duckdb'), await readFile(store.pathOf('copy.duckdb')));
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const instance = await DuckDBInstance.create(copy.pathOf('index.duckdb'));
    const connection = await instance.connect();
    expect((await connection.runAndReadAll(cellsSql)).getRowObjectsJson()).toEqual(rows);
    connection.closeSync();
    instance.closeSync();
  });
});

describe('the state of a cell', () => {
  it('is what its newest record says', async () => {
    const store = openStore(folder());
    await note(store, stockCell('A'), 'failed', { code: 'Network', reason: 'no answer' });
    await note(store, stockCell('A'), 'published', {
      sha256: 'x',
      batch: { id: 'b2', ingestionDate: '2026-01-06' },
    });
    expect(await stateOf(store, 'A')).toMatchObject({
      state: 'published',
      code: null,
      batch_id: 'b2',
      sha256: 'x',
    });
  });

  it('is published where the newest record says unchanged', async () => {
    const store = openStore(folder());
    await publishFile(store, stockCell('A'), 'a.1', cellFile(stockCell('A'), 1));
    await publishFile(store, stockCell('A'), 'b.1', cellFile(stockCell('A'), 1));
    expect(await stateOf(store, 'A')).toMatchObject({ state: 'published', number: 2 });
    const publications = await new LakeIndex(store).rows('select number from publications');
    expect(publications).toEqual([{ number: 1 }]);
  });

  it('is failed where its window failed after its newest record, and that record again once a newer one stands', async () => {
    const store = openStore(folder());
    await note(store, stockCell('A'), 'waiting', { until: '2026-01-06T06:00:00Z' });
    await windowFails(
      store,
      [
        { ticker: 'A', after: 1 },
        { ticker: 'NEW', after: 0 },
      ],
      '2026-01-06T08:00:00Z',
    );
    const failed = { state: 'failed', code: 'Network', reason: 'no answer', run: 'daily/w', batch_id: null };
    expect(await stateOf(store, 'A')).toMatchObject({ ...failed, number: 1 });
    expect(await stateOf(store, 'NEW')).toMatchObject({ ...failed, number: 0 });
    // Written by a clock that is behind: the number decides.
    await note(store, stockCell('A'), 'published', { recordedAt: '2026-01-06T07:59:00Z' });
    expect(await stateOf(store, 'A')).toMatchObject({ state: 'published', number: 2, code: null });
    expect(await stateOf(store, 'NEW')).toMatchObject(failed);
  });

  it('is not failed by a window that failed before its newest record, however late that is read', async () => {
    const store = openStore(folder());
    await note(store, stockCell('A'), 'published');
    await note(store, stockCell('A'), 'skipped', { reason: 'given up' });
    await windowFails(store, [{ ticker: 'A', after: 1 }], '2026-01-09T08:00:00Z');
    expect(await stateOf(store, 'A')).toMatchObject({ state: 'skipped', number: 2 });
  });
});

describe('two processes that ask at once', () => {
  it('are both answered, and alike', async () => {
    const store = await variedLake();
    const ask = async (): Promise<string[]> => {
      const script = join(import.meta.dirname, 'support/index-child.ts');
      const { stdout } = await run(process.execPath, ['--import', 'tsx', script, store.root]);
      return stdout.trim().split('\n');
    };
    const index = new LakeIndex(store);
    const here = Promise.all(Array.from({ length: 5 }, () => index.rows(cellsSql)));
    const [one, other] = await Promise.all([ask(), ask(), here]);
    expect(one).toHaveLength(3);
    expect(new Set([...one, ...other])).toEqual(
      new Set(['[{"state":"closed","n":"1"},{"state":"failed","n":"2"},{"state":"published","n":"6"}]']),
    );
  });
});

describe('an index file that is damaged', () => {
  it.each([
    ['emptied', () => Buffer.of()],
    ['text', () => Buffer.from('this is no database')],
    ['cut to a half', (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length / 2))],
    ['zeros from the start', (bytes: Buffer) => Buffer.alloc(bytes.length)],
    [
      'zeros from its first block on',
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 12_288), Buffer.alloc(bytes.length - 12_288)]),
    ],
    ['one bit in the header', (bytes: Buffer) => flipped(bytes, 4_200)],
    ['one bit in the first block', (bytes: Buffer) => flipped(bytes, 12_400)],
    ['one bit in every block', (bytes: Buffer) => everyBlock(bytes)],
  ])('is thrown away and made anew: %s', async (_title, damage) => {
    const store = await variedLake();
    const rows = await new LakeIndex(store).rows(cellsSql);
    const path = store.pathOf('index.duckdb');
    await writeFile(path, damage(await readFile(path)));
    expect(await new LakeIndex(store).rows(cellsSql)).toEqual(rows);
  });

  it('in its log is thrown away too', async () => {
    const store = await variedLake();
    const rows = await new LakeIndex(store).rows(cellsSql);
    await writeFile(`${store.pathOf('index.duckdb')}.wal`, 'left by somebody');
    expect(await new LakeIndex(store).rows(cellsSql)).toEqual(rows);
  });

  it('of another version of the tables is thrown away', async () => {
    const store = await variedLake();
    const index = new LakeIndex(store);
    const rows = await index.rows(cellsSql);
    await index.ask(async (connection) =>
      connection.run('update index_version set version = 0; delete from cell_records'),
    );
    expect(await index.rows(cellsSql)).toEqual(rows);
  });
});

describe('a record that is damaged', () => {
  it.each(['', '{"event":"publ', '[]'])('is LakeDamaged and named, not a riddle: %j', async (content) => {
    const store = await variedLake();
    await store.put(recordFile(cellRecordsFolder(stockCell('BAD')), 1), Buffer.from(content));
    await expect(new LakeIndex(store).rows(cellsSql)).rejects.toMatchObject({
      code: 'LakeDamaged',
      message: expect.stringContaining('ticker=BAD') as string,
    });
  });

  it('does not stop a question that is wrong from saying what is wrong with it', async () => {
    const store = await variedLake();
    await expect(new LakeIndex(store).rows('select nothing from nowhere')).rejects.toThrow(/nowhere/);
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0x10;
  return copy;
}

function everyBlock(bytes: Buffer): Buffer {
  let copy = bytes;
  for (let at = 12_288 + 100; at < bytes.length; at += 4_096) copy = flipped(copy, at);
  return copy;
}
