import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../lake/json.ts';
import { bronzeFile, supersededFile } from '../../lake/layout.ts';
import { buildAsOf, openAsOf } from '../../warehouse/as-of/as-of.ts';
import { bitcoin, RecordedLake } from './recorded-lake.ts';
import { ask } from './tiny-lake.ts';

let lake: RecordedLake;

beforeEach(async () => {
  lake = new RecordedLake(await mkdtemp(join(tmpdir(), 'as-of-')));
});
afterEach(() => rm(lake.folder, { recursive: true, force: true }));

type Row = readonly [date: string, close: number, status: string];

async function closesAsOf(instant: string): Promise<Row[]> {
  const known = await buildAsOf(lake.toModel, new Date(instant));
  try {
    const rows = await ask(
      known.warehousePath,
      'select price_date, close, price_status from marts.fct_daily_prices order by all',
    );
    return rows.map((row) => Object.values(row) as unknown as Row);
  } finally {
    await known.remove();
  }
}

/** Two days, the first of them restated on the 4th. */
async function restate(): Promise<void> {
  await lake.publish('2024-02-29', 100, '2024-03-01T00:30:00.000Z');
  await lake.publish('2024-03-01', 110, '2024-03-02T00:30:00.000Z');
  await lake.publish('2024-02-29', 104, '2024-03-04T09:00:00.000Z');
}

describe('a restated price', () => {
  it('is the old one up to the instant of its restatement, and the new one from then on', async () => {
    await restate();
    expect(await closesAsOf('2024-03-01T12:00:00Z')).toEqual([['2024-02-29', 100, 'OBSERVED']]);
    const before = [
      ['2024-02-29', 100, 'OBSERVED'],
      ['2024-03-01', 110, 'OBSERVED'],
    ];
    expect(await closesAsOf('2024-03-04T08:59:59.999Z')).toEqual(before);
    const after = [['2024-02-29', 104, 'OBSERVED'], before[1]];
    expect(await closesAsOf('2024-03-04T09:00:00.000Z')).toEqual(after);
  });

  it('leads back to the batch that it came from then', async () => {
    await restate();
    const known = await buildAsOf(lake.toModel, new Date('2024-03-03T00:00:00Z'));
    const sql = `select batch_id, published_at from marts.fct_daily_prices where price_date = '2024-02-29'`;
    expect(await ask(known.warehousePath, sql)).toEqual([
      { batch_id: 'batch-1', published_at: '2024-03-01 00:30:00+00' },
    ]);
    await known.remove();
  });

  it('said again unchanged keeps the file it had', async () => {
    await lake.publish('2024-02-29', 100, '2024-03-01T00:30:00.000Z');
    const again = await lake.publish('2024-02-29', 100, '2024-03-02T00:30:00.000Z');
    expect(again.outcome).toBe('unchanged');
    expect(await closesAsOf('2024-03-03T00:00:00Z')).toEqual([['2024-02-29', 100, 'OBSERVED']]);
  });

  it('that was restated twice shows each of its three files at its time', async () => {
    await restate();
    await lake.publish('2024-02-29', 108, '2024-03-06T09:00:00.000Z');
    const firstCloses = [];
    for (const instant of ['2024-03-03', '2024-03-05', '2024-03-07'])
      firstCloses.push((await closesAsOf(`${instant}T00:00:00Z`))[0]?.[1]);
    expect(firstCloses).toEqual([100, 104, 108]);
  });
});

describe('a view of the past', () => {
  it('touches neither the warehouse of the lake nor its index, and leaves nothing behind', async () => {
    await restate();
    await lake.build('2024-03-05T00:00:00Z');
    const hash = async (name: string): Promise<string> => sha256(await readFile(join(lake.folder, name)));
    const before = [await hash('warehouse.duckdb'), await hash(bronzeFile(bitcoin('2024-02-29')))];
    await closesAsOf('2024-03-03T00:00:00Z');
    expect([await hash('warehouse.duckdb'), await hash(bronzeFile(bitcoin('2024-02-29')))]).toEqual(before);
    expect(await readdir(join(lake.folder, 'pending'))).toEqual([]);
    expect(await lake.index.rows('select count(*)::integer as n from cell_records')).toEqual([{ n: 3 }]);
  });

  it('before the first publication says since when the lake knows', async () => {
    await restate();
    await expect(openAsOf(lake, new Date('2024-03-01T00:29:59Z'))).rejects.toMatchObject({
      code: 'NotKnownYet',
      knownSince: new Date('2024-03-01T00:30:00Z'),
      message: expect.stringContaining('since 2024-03-01T00:30:00.000Z') as string,
    });
  });

  it('of a lake without any publication says that there is none', async () => {
    await lake.note('2024-02-29', '2024-03-01T00:30:00.000Z', { event: 'waiting' });
    await expect(openAsOf(lake, new Date())).rejects.toMatchObject({
      code: 'NotKnownYet',
      knownSince: undefined,
    });
  });

  it('knows cells as they stood: failed before published, a failed window, a day not yet called closed', async () => {
    await lake.publish('2024-02-28', 90, '2024-02-29T00:30:00.000Z');
    await lake.note('2024-02-29', '2024-03-01T00:30:00.000Z', { event: 'failed', code: 'NoData' });
    await lake.windowFailure('2024-03-01', '2024-03-02T00:30:00.000Z', 'the API was down');
    await lake.publish('2024-02-29', 100, '2024-03-02T10:00:00.000Z');
    await lake.publish('2024-03-01', 110, '2024-03-02T10:00:00.000Z');
    await lake.note('2024-03-02', '2024-03-03T00:30:00.000Z', { event: 'closed' });
    const states = async (instant: string): Promise<unknown[]> => {
      const known = await openAsOf(lake, new Date(instant));
      const rows = await known.index.rows(
        'select date::varchar as date, state, code from cells order by date',
      );
      await known.remove();
      return rows.map((row) => Object.values(row));
    };
    expect(await states('2024-03-02T09:59:59Z')).toEqual([
      ['2024-02-28', 'published', null],
      ['2024-02-29', 'failed', 'NoData'],
      ['2024-03-01', 'failed', 'SourceUnavailable'],
    ]);
    expect(await states('2024-03-04T00:00:00Z')).toEqual([
      ['2024-02-28', 'published', null],
      ['2024-02-29', 'published', null],
      ['2024-03-01', 'published', null],
      ['2024-03-02', 'closed', null],
    ]);
  });
});

describe('a file of the past', () => {
  const cell = bitcoin('2024-02-29');

  it.each([
    ['gone', (path: string) => rm(path)],
    ['altered', (path: string) => rm(path).then(() => writeFile(path, 'something else'))],
  ])('that is %s is named, and nothing is left behind', async (_, spoil) => {
    await restate();
    await spoil(lake.store.pathOf(supersededFile(cell, 1)));
    await expect(buildAsOf(lake.toModel, new Date('2024-03-03T00:00:00Z'))).rejects.toMatchObject({
      code: 'LakeDamaged',
      message: expect.stringContaining(lake.store.pathOf(supersededFile(cell, 1))) as string,
    });
    expect(await readdir(join(lake.folder, 'pending'))).toEqual([]);
    expect((await closesAsOf('2024-03-05T00:00:00Z'))[0]).toEqual(['2024-02-29', 104, 'OBSERVED']);
  });

  it('that should lie in bronze and does not is named', async () => {
    await restate();
    await rm(lake.store.pathOf(bronzeFile(cell)));
    await expect(buildAsOf(lake.toModel, new Date('2024-03-05T00:00:00Z'))).rejects.toMatchObject({
      code: 'LakeDamaged',
      message: expect.stringContaining(bronzeFile(cell)) as string,
    });
  });

  it('that was promised and not moved yet is read from where it waits', async () => {
    await lake.publish('2024-02-29', 100, '2024-03-01T00:30:00.000Z');
    await lake.promise('2024-02-29', 104, '2024-03-02T00:30:00.000Z');
    expect(await closesAsOf('2024-03-03T00:00:00Z')).toEqual([['2024-02-29', 104, 'OBSERVED']]);
  });

  it('that was promised and never moved is not missed: what lay there before was what people saw', async () => {
    await lake.publish('2024-02-29', 100, '2024-03-01T00:30:00.000Z');
    const file = await lake.promise('2024-02-29', 999, '2024-03-02T00:30:00.000Z');
    await lake.store.remove(file);
    await lake.publish('2024-02-29', 104, '2024-03-04T00:30:00.000Z');
    expect(existsSync(lake.store.pathOf(supersededFile(cell, 2)))).toBe(false);
    expect(await closesAsOf('2024-03-03T00:00:00Z')).toEqual([['2024-02-29', 100, 'OBSERVED']]);
    expect(await closesAsOf('2024-03-05T00:00:00Z')).toEqual([['2024-02-29', 104, 'OBSERVED']]);
  });
});
