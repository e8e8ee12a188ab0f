import { describe, expect, it } from 'vitest';
import { cellRecordsFolder } from '../../lake/layout.ts';
import {
  appendCellRecord,
  appendOnce,
  appendRecord,
  claimRecord,
  isDiscredited,
  readCellRecords,
  recordNumbers,
  type CellRecord,
} from '../../lake/records.ts';
import { facts, openStore, stockCell, temporaryFolders } from './support/lake.ts';

const folder = temporaryFolders();
const cell = stockCell('AAPL');
const failed: CellRecord = { ...facts, event: 'failed', code: 'Network', reason: 'no answer' };

describe('records', () => {
  it('are numbered from 1, without gaps, and read back oldest first', async () => {
    const store = openStore(folder());
    for (const reason of ['a', 'b', 'c']) await appendCellRecord(store, cell, { ...failed, reason });
    const records = await readCellRecords(store, cell);
    expect(records.map(({ number, record }) => [number, record.reason])).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ]);
  });

  it('of 15 writers at once are all kept, each under a number of its own', async () => {
    const root = folder();
    const numbers = await Promise.all(
      Array.from({ length: 15 }, (_, index) => appendRecord(openStore(root), 'records/runs/r', { index })),
    );
    const all = Array.from({ length: 15 }, (_, index) => index + 1);
    expect(numbers.sort((left, right) => left - right)).toEqual(all);
    expect(await recordNumbers(openStore(root), 'records/runs/r')).toEqual(all);
  });

  it('are never changed: a number that is taken is refused and says what it said', async () => {
    const store = openStore(folder());
    const records = cellRecordsFolder(cell);
    expect(await claimRecord(store, records, 1, failed)).toBe(true);
    expect(await claimRecord(store, records, 1, { ...failed, reason: 'another' })).toBe(false);
    expect((await readCellRecords(store, cell)).map(({ record }) => record)).toEqual([failed]);
  });

  it('are counted beyond six digits', async () => {
    const store = openStore(folder());
    await claimRecord(store, 'f', 999_999, failed);
    expect(await appendRecord(store, 'f', failed)).toBe(1_000_000);
    expect(await appendRecord(store, 'f', failed)).toBe(1_000_001);
  });

  it('of which one is unreadable are LakeDamaged, and the message names the file', async () => {
    const store = openStore(folder());
    for (const content of ['{"event":"invented"}', '{"event":', '']) {
      await store.put(`${cellRecordsFolder(cell)}/000001.json`, Buffer.from(content));
      await expect(readCellRecords(store, cell)).rejects.toMatchObject({
        code: 'LakeDamaged',
        message: expect.stringContaining('000001.json') as string,
      });
    }
  });

  it('take no notice of files that are no records', async () => {
    const store = openStore(folder());
    await store.put(`${cellRecordsFolder(cell)}/.DS_Store`, Buffer.from('x'));
    expect(await readCellRecords(store, cell)).toEqual([]);
  });
});

describe('an entry that is appended once', () => {
  it('is not repeated by a second attempt, also where others of its execution follow, and is by another execution', async () => {
    const store = openStore(folder());
    const entry = (event: string, workflowRunId: string): Parameters<typeof appendOnce>[2] => ({
      event,
      workflowRunId,
    });
    for (const event of ['started', 'planned', 'started', 'planned'])
      await appendOnce(store, 'r', entry(event, 'one'));
    expect(await recordNumbers(store, 'r')).toEqual([1, 2]);
    await appendOnce(store, 'r', entry('started', 'two'));
    expect(await recordNumbers(store, 'r')).toEqual([1, 2, 3]);
  });
});

describe('a batch', () => {
  const batch = { id: 'b1', ingestionDate: '2026-01-06' };
  it.each([
    ['refused', undefined, true],
    ['failed', 'NoData', true],
    ['failed', 'LakeUnwritable', false],
    ['published', undefined, false],
  ] as const)('of a %s entry (%s) is worthless: %s', (event, code, isWorthless) => {
    const record: CellRecord = { ...facts, event, batch, ...(code ? { code } : {}) };
    expect(isDiscredited([{ number: 1, record }], 'b1', 'c1')).toBe(isWorthless);
    expect(isDiscredited([{ number: 1, record }], 'b2', 'c1')).toBe(false);
  });

  it('that one contract refused may be good for another, and one that a person accepted since is', () => {
    const refused: CellRecord = { ...facts, event: 'refused', batch, contractSha256: 'c1' };
    const accepted: CellRecord = { ...facts, event: 'accepted', batch };
    const of = (...records: CellRecord[]): boolean =>
      isDiscredited(
        records.map((record, index) => ({ number: index + 1, record })),
        'b1',
        'c1',
      );
    expect(of(refused)).toBe(true);
    expect(isDiscredited([{ number: 1, record: refused }], 'b1', 'c2')).toBe(false);
    expect(of(refused, accepted)).toBe(false);
    expect(of(refused, accepted, refused)).toBe(true);
  });
});
