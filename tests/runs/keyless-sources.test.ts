import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkSources } from '../../client/doctor/check-sources.ts';
import { readManifest } from '../../lake/batches.ts';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import { newestRecord, seenCells, warehouseCloses, askWarehouse } from '../support/lake-view.ts';
import { backfillOf, runRequest, type TestRunEnd } from '../support/run-a-request.ts';
import { workTestLake, type WorkedLake } from '../support/test-lake.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { cliTimeoutMs } from '../support/temporal-cli.ts';

const now = new Date('2026-11-20T12:00:00Z');
const closes = { dateColumn: 'day', columns: { close: 'price' } };
const bars = {
  dateColumn: 'date',
  columns: { open: 'o', high: 'h', low: 'l', close: 'c', volume: 'v' },
};
const asset = (ticker: string, resource: string): object => ({
  ticker,
  class: 'index',
  calendar: 'file',
  sources: [{ dataset: `csv.${resource}`, symbol: ticker.toLowerCase() }],
});
const pair = (ticker: string): object => ({
  ticker,
  class: 'fx',
  calendar: 'target',
  currency: 'USD',
  sources: [{ dataset: 'frankfurter.daily_rates', symbol: ticker }],
});
const overlay = (folder: string): Record<string, unknown> => ({
  assets: [
    pair('EURUSD'),
    pair('GBPUSD'),
    asset('GOLD', 'daily_closes'),
    asset('WOOL', 'daily_bars'),
    asset('LOST', 'daily_closes'),
  ],
  sources: {
    csv: {
      folder,
      files: {
        gold: { file: 'gold.csv', ...closes },
        wool: { folder: 'wool', ...bars },
        lost: { file: 'lost.csv', ...closes },
      },
    },
  },
});
/** Synthetic prices. A word stands for one of them, one day comes twice, and one line has no date. */
const gold = `day,price
2026-11-12,100
2026-11-13,many
2026-11-16,101
2026-11-17,102
2026-11-17,103
a note
2026-11-19,105
`;
const wool = {
  header: 'date,o,h,l,c,v\n',
  first: '2026-11-13,1,3,1,2,70\n',
  second: '2026-11-16,2,4,2,3,\n',
};

let folder: string;
let server: TestServer;
let market: SampleMarket;
let worked: WorkedLake;
let end: TestRunEnd;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-files-'));
  await mkdir(join(folder, 'wool'));
  await writeFile(join(folder, 'gold.csv'), gold);
  await writeFile(join(folder, 'wool', '1.csv.gz'), gzipSync(wool.header + wool.first));
  await writeFile(join(folder, 'wool', '2.csv'), wool.header + wool.second);
  [server, market] = await Promise.all([startTestServer(), startSampleMarket()]);
  worked = await workTestLake({ address: server.address, market, now, overlay: overlay(folder) });
  end = await runRequest(worked.lake, backfillOf({ from: '2026-11-13', to: '2026-11-18' }));
}, cliTimeoutMs);
afterAll(async () => {
  await worked.close();
  await market.close();
  await server.close();
  await rm(folder, { recursive: true });
});

const statesOf = async (ticker: string): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await seenCells(worked.lake))
      .filter((cell) => cell.ticker === ticker)
      .map(({ date, state, code }) => [date.slice(8), code === null ? state : `${state} ${code}`]),
  );
const reasonOf = async (ticker: string, date: string): Promise<string> => {
  const cell = (await seenCells(worked.lake)).find((each) => each.ticker === ticker && each.date === date);
  return cell?.reason ?? '';
};

describe('reference rates', () => {
  it('of two pairs cost two requests, and are published on the days of their fixings, each from its own', async () => {
    const asked = market.requests.filter(({ source }) => source === 'frankfurter');
    const path = '/frankfurter/v1/2026-11-13..2026-11-18';
    expect(
      asked.map((request) => [request.path, request.query['base'], request.query['symbols']]).sort(),
    ).toEqual([
      [path, 'EUR', 'USD'],
      [path, 'GBP', 'USD'],
    ]);
    expect(await statesOf('EURUSD')).toEqual({
      ...{ 13: 'published', 14: 'closed', 15: 'closed' },
      ...{ 16: 'published', 17: 'published', 18: 'published' },
    });
    const answer = await fetch(`${market.urlOf('frankfurter')}/2026-11-13..2026-11-18?base=GBP&symbols=USD`);
    const { rates } = z
      .object({ rates: z.record(z.string(), z.object({ USD: z.number() })) })
      .parse(await answer.json());
    expect(await warehouseCloses(worked.lake, 'GBPUSD')).toEqual(
      new Map(Object.entries(rates).map(([date, { USD }]) => [date, USD])),
    );
  });
});

describe('a file with bad lines', () => {
  it('publishes every other day; none of its days looks closed that may have a line', async () => {
    expect(await statesOf('GOLD')).toEqual({
      13: 'failed NoData',
      14: 'closed',
      15: 'closed',
      16: 'published',
      17: 'failed NoData',
      18: 'failed NoData',
    });
    expect(await warehouseCloses(worked.lake, 'GOLD')).toEqual(new Map([['2026-11-16', 101]]));
    expect(end).toMatchObject({ outcome: 'failed', type: 'RunIncomplete' });
  });

  it('says in each cell’s reason which lines it was', async () => {
    expect(await reasonOf('GOLD', '2026-11-13')).toContain(
      'line 3 of gold.csv ("many" in column "price" is no number)',
    );
    expect(await reasonOf('GOLD', '2026-11-17')).toContain(
      'line 5 of gold.csv (its date 2026-11-17 is also that of line 6',
    );
    expect(await reasonOf('GOLD', '2026-11-18')).toContain(
      'a line whose date cannot be read may be of it: line 7 of gold.csv',
    );
  });

  it('has them kept with the batch', async () => {
    const record = await newestRecord(worked.lake, {
      dataset: 'csv.daily_closes',
      ticker: 'GOLD',
      date: '2026-11-16',
    });
    expect.assert(record?.batch !== undefined);
    const manifest = await readManifest(worked.lake.store, 'csv', record.batch);
    const [page] = manifest?.pages ?? [];
    expect(page).toMatchObject({ rowCount: 3, badLines: { count: 4 } });
    expect(page?.badLines?.first.map(({ lineNumber }) => lineNumber)).toEqual([3, 5, 6, 7]);
  });

  it('is told of by doctor, while what is whole is told to be so', async () => {
    const findings = await checkSources(worked.lake, true, now);
    expect(findings.map(({ verdict, found }) => [verdict, found])).toEqual(
      expect.arrayContaining([
        ['warn', expect.stringContaining('4 lines for GOLD ("gold") cannot be read: line 3 of gold.csv')],
        ['wrong', expect.stringContaining('Reading the csv file lost.csv: there is no such file')],
      ]),
    );
    expect(JSON.stringify(findings)).not.toContain('WOOL');
  });

  it('publishes what was mended, and closes what is seen not to have been a day', async () => {
    await writeFile(
      join(folder, 'gold.csv'),
      gold.replace('many', '100.5').replace('2026-11-17,103\na note\n', ''),
    );
    await runRequest(
      worked.lake,
      backfillOf({ from: '2026-11-13', to: '2026-11-18' }, { tickers: ['GOLD'] }),
    );
    expect(await statesOf('GOLD')).toMatchObject({ 13: 'published', 17: 'published', 18: 'closed' });
  });
});

describe('a folder of files', () => {
  it('gives bars, with the holes of its volume, to the days of all of its files', async () => {
    expect(await statesOf('WOOL')).toMatchObject({
      13: 'published',
      14: 'closed',
      16: 'published',
    });
    const rows = await askWarehouse(
      worked.lake,
      `select bar_date::varchar as date, open, high, low, close, volume
       from read_parquet('${worked.lake.store.pathOf('bronze')}/source=csv/resource=daily_bars/**/*.parquet') order by 1`,
    );
    expect(rows).toEqual([
      { date: '2026-11-13', open: 1, high: 3, low: 1, close: 2, volume: 70 },
      { date: '2026-11-16', open: 2, high: 4, low: 2, close: 3, volume: null },
    ]);
    expect([...(await warehouseCloses(worked.lake, 'WOOL')).values()]).toEqual([2, 3]);
  });
});

describe('a file that is not there', () => {
  it('fails the days of its own asset with that reason, and holds up no other', async () => {
    expect(await statesOf('LOST')).toMatchObject({ 13: 'failed RequestRefused' });
    expect(await reasonOf('LOST', '2026-11-13')).toContain('there is no such file');
  });
});
