import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCellRecords } from '../../lake/records.ts';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import { addDays, datesBetween, type CellKey } from '../../workflows/pure/cell.ts';
import { inLake, windowId } from '../../workflows/pure/ids.ts';
import {
  bitcoinCell,
  countStates,
  eventsOf,
  hashesBelow,
  massiveCell,
  newestRecord,
  seenCells,
  warehouseCloses,
} from '../support/lake-view.ts';
import type { RunRequest } from '../../workflows/pure/run.ts';
import { backfillOf, endOfRun, runRequest, startRequest } from '../support/run-a-request.ts';
import { workTestLake, type WorkedLake } from '../support/test-lake.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { cliTimeoutMs } from '../support/temporal-cli.ts';
import { until } from '../support/until.ts';

const noon = new Date('2026-11-20T12:00:00Z');
const lastDay = '2026-11-19';
const tickers = ['AAPL', 'BTC', 'EURUSD'];
/** What holds prices, and what is remembered of each cell: a second run may add runs, but nothing here. */
const dataFolders = ['bronze', 'staging', 'audits', 'superseded', 'records/cells', 'records/windows'];

let server: TestServer;
let market: SampleMarket;
let worked: WorkedLake;

beforeAll(async () => {
  server = await startTestServer();
  market = await startSampleMarket();
  // Runs that end together rebuild the warehouse one after the other: whoever finds it taken comes back.
  const overlay = { run: { patienceMinutes: 1 } };
  worked = await workTestLake({ address: server.address, market, now: noon, overlay });
}, cliTimeoutMs);
afterAll(async () => {
  await worked.close();
  await market.close();
  await server.close();
});

async function dataHashes(): Promise<Map<string, string>> {
  const folders = await Promise.all(dataFolders.map((folder) => hashesBelow(worked.lake.store, folder)));
  return new Map(folders.flatMap((folder) => [...folder]));
}

const targetsSince = (count: number): string[] => market.requests.slice(count).map(({ path }) => path);

describe('a backfill', () => {
  it('of 30 days, then of 90, asks only for the 60 new days and changes not one byte of the first 30', async () => {
    const { lake } = worked;
    expect(await runRequest(lake, backfillOf({ days: 30 }, { tickers }))).toMatchObject({
      outcome: 'completed',
    });
    const before = await dataHashes();
    const requests = market.requests.length;
    expect(await runRequest(lake, backfillOf({ days: 90 }, { tickers }))).toMatchObject({
      outcome: 'completed',
    });
    const after = await dataHashes();

    expect([...before].filter(([file, hash]) => after.get(file) !== hash)).toEqual([]);
    const added = [...after.keys()].filter((file) => !before.has(file) && file.startsWith('bronze/'));
    const firstOfThirty = addDays(lastDay, -29);
    expect(added.filter((file) => (/date=([\d-]+)/.exec(file)?.[1] ?? '') >= firstOfThirty)).toEqual([]);
    // CoinGecko's ranges always end today, so its one request reaches back to the first new day.
    expect(targetsSince(requests).sort()).toEqual([
      '/coingecko/api/v3/coins/bitcoin/market_chart',
      '/frankfurter/v1/2026-08-24..2026-10-20',
      '/massive/v2/aggs/ticker/AAPL/range/1/day/2026-08-24/2026-10-20',
    ]);
    const states = await countStates(lake);
    expect((states['published'] ?? 0) + (states['closed'] ?? 0)).toBe(270);
    expect([...(await warehouseCloses(lake, 'BTC')).keys()]).toEqual(datesBetween('2026-08-22', lastDay));
  });

  it('run again makes no API call and changes nothing', async () => {
    const before = await dataHashes();
    const requests = market.requests.length;
    const end = await runRequest(worked.lake, backfillOf({ days: 90 }, { tickers }));
    expect(end).toMatchObject({ outcome: 'completed', tally: { published: 0, failed: 0 } });
    expect(market.requests.length).toBe(requests);
    expect(await dataHashes()).toEqual(before);
  });

  it('beside another over the same days shares its windows: each cell is asked for and published once', async () => {
    const { lake } = worked;
    const requests = market.requests.length;
    const request = backfillOf({ from: '2026-07-06', to: '2026-07-24' }, { tickers });
    const ends = await Promise.all([runRequest(lake, request, 'one'), runRequest(lake, request, 'other')]);
    expect(ends.map(({ message }) => message)).toEqual(['', '']);
    expect(market.requests.length - requests).toBe(3);
    for (const date of datesBetween('2026-07-06', '2026-07-24')) {
      expect(await eventsOf(lake, bitcoinCell(date))).toEqual(['published']);
    }
  });

  it('beside another over some of the same days publishes every cell, and nothing is lost between them', async () => {
    const { lake } = worked;
    const ends = await Promise.all([
      runRequest(lake, backfillOf({ from: '2026-06-01', to: '2026-06-20' }, { tickers: ['BTC'] })),
      runRequest(lake, backfillOf({ from: '2026-06-11', to: '2026-06-30' }, { tickers: ['BTC'] })),
    ]);
    expect(ends.map(({ message }) => message)).toEqual(['', '']);
    const june = (await seenCells(lake)).filter(({ date }) => date.startsWith('2026-06'));
    expect(june.map(({ date, state }) => [date, state])).toEqual(
      datesBetween('2026-06-01', '2026-06-30').map((date) => [date, 'published']),
    );
    expect(await lake.store.list('candidates')).toEqual([]);
  });

  it('that fetches anew, beside one over the same days that does not, has its own way', async () => {
    const { lake } = worked;
    const ask = (from: string, to: string, force: boolean): RunRequest =>
      backfillOf({ from, to }, { tickers: ['BTC'], force });
    expect(await runRequest(lake, ask('2026-05-12', '2026-05-12', false))).toMatchObject({ message: '' });
    market.order({ kind: 'slow', delayMs: 1_500 });
    const plain = await startRequest(lake, ask('2026-05-11', '2026-05-13', false), 'plain');
    const id = inLake(lake.lake.id, windowId('coingecko.market_chart', 'BTC', '2026-05-11', '2026-05-13'));
    await until(() =>
      lake.client.workflow
        .getHandle(id)
        .describe()
        .catch(() => undefined),
    );
    const anew = await startRequest(lake, ask('2026-05-11', '2026-05-13', true), 'anew');
    expect((await Promise.all([plain, anew].map(endOfRun))).map(({ message }) => message)).toEqual(['', '']);
    expect(await eventsOf(lake, bitcoinCell('2026-05-12'))).toEqual(['published', 'unchanged']);
  });

  it('with --force asks again, and records that nothing has changed', async () => {
    const { lake } = worked;
    const cell = massiveCell('AAPL', '2026-11-18');
    const bronze = await hashesBelow(lake.store, 'bronze');
    const requests = market.requests.length;
    const request = backfillOf({ from: '2026-11-18', to: '2026-11-18' }, { tickers: ['AAPL'], force: true });
    expect(await runRequest(lake, request)).toMatchObject({ outcome: 'completed' });
    expect(market.requests.length - requests).toBe(1);
    expect(await eventsOf(lake, cell)).toEqual(['published', 'unchanged']);
    expect(await hashesBelow(lake.store, 'bronze')).toEqual(bronze);
  });

  it('with --force publishes a restated price and keeps the file it replaces', async () => {
    const { lake } = worked;
    const cell = massiveCell('AAPL', '2026-11-17');
    const before = await newestRecord(lake, cell);
    const close = (await warehouseCloses(lake, 'AAPL')).get(cell.date) ?? 0;
    market.order({
      kind: 'patch-bar',
      symbol: 'AAPL',
      date: cell.date,
      change: { op: 'multiply', factor: 2 },
    });
    const request = backfillOf({ from: cell.date, to: cell.date }, { tickers: ['AAPL'], force: true });
    expect(await runRequest(lake, request)).toMatchObject({ outcome: 'completed' });
    const newest = await newestRecord(lake, cell);
    expect(newest?.event).toBe('published');
    expect(newest?.supersedes?.sha256).toBe(before?.sha256);
    const kept = await hashesBelow(lake.store, 'superseded');
    expect(kept.get(newest?.supersedes?.keptAt ?? '')).toBe(before?.sha256);
    expect((await warehouseCloses(lake, 'AAPL')).get(cell.date)).toBeCloseTo(2 * close, 6);
  });

  it('cancelled takes its windows and cells along, leaves nothing half-published, and the same command ends it', async () => {
    const { lake } = worked;
    const request = backfillOf({ from: '2026-02-02', to: '2026-04-10' }, { tickers: ['BTC', 'AAPL'] });
    const handle = await startRequest(lake, request, 'cancelled');
    await until(async () => (await datesPublished('2026-0[23]')) > 5);
    await handle.cancel();
    expect(await endOfRun(handle)).toMatchObject({ outcome: 'cancelled' });
    const { id } = lake.lake;
    const open = await until(async () => {
      const { count } = await lake.client.workflow.count(`ExecutionStatus = 'Running'`);
      return count === 0 ? `nothing of ${id} is open` : undefined;
    });
    expect(open).toContain('nothing');
    await expectOnlyWholeCells();
    const undone = (await seenCells(lake)).filter(({ date }) => date >= '2026-02-02' && date <= '2026-04-10');
    expect(undone.filter(({ state }) => state === 'published').length).toBeLessThan(100);
    expect(await runRequest(lake, request, 'cancelled')).toMatchObject({ outcome: 'completed' });
    const done = (await seenCells(lake)).filter(({ date }) => date >= '2026-02-02' && date <= '2026-04-10');
    expect(done.filter(({ state }) => state === 'published' || state === 'closed')).toHaveLength(2 * 68);
  });
});

async function datesPublished(month: string): Promise<number> {
  return (await worked.lake.store.list('bronze')).filter((file) => new RegExp(`date=${month}`).test(file))
    .length;
}

/** Every file in bronze is the one that its cell's newest publication names, and every publication has its file. */
async function expectOnlyWholeCells(): Promise<void> {
  const { lake } = worked;
  const hashes = await hashesBelow(lake.store, 'bronze');
  for (const [file, hash] of hashes) {
    const [, source = '', resource = '', ticker = '', date = ''] =
      /source=([^/]+)\/resource=([^/]+)\/ticker=([^/]+)\/date=([^/]+)\//.exec(file) ?? [];
    const cell: CellKey = { dataset: `${source}.${resource}`, ticker, date };
    const records = await readCellRecords(lake.store, cell);
    expect(records.findLast(({ record }) => record.event === 'published')?.record.sha256, file).toBe(hash);
  }
  const published = (await seenCells(lake)).filter(({ state }) => state === 'published');
  expect(published).toHaveLength(hashes.size);
}

describe('a daily run', () => {
  let other: WorkedLake;
  let otherMarket: SampleMarket;
  beforeAll(async () => {
    otherMarket = await startSampleMarket();
    other = await workTestLake({
      address: server.address,
      market: otherMarket,
      now: new Date('2026-11-18T12:00:00Z'),
      // What is published is looked at again in tests/runs/relook.test.ts.
      overlay: { relook: { afterDays: [] } },
    });
  });
  afterAll(async () => {
    await other.close();
    await otherMarket.close();
  });

  it('brings the day of seven assets with four calls', async () => {
    const { lake } = other;
    await runRequest(lake, backfillOf({ days: 7 }));
    otherMarket.forgetRequests();
    other.setNow(new Date('2026-11-19T12:00:00Z'));
    const end = await runRequest(lake, { kind: 'daily', date: '2026-11-18', isExplicit: false });
    expect(end).toMatchObject({ outcome: 'completed', tally: { published: 7 } });
    expect(otherMarket.requests.map(({ path }) => path).sort()).toEqual([
      '/coingecko/api/v3/coins/bitcoin/market_chart',
      '/frankfurter/v1/2026-11-18..2026-11-18',
      '/frankfurter/v1/2026-11-18..2026-11-18',
      '/massive/v2/aggs/grouped/locale/us/market/stocks/2026-11-18',
    ]);
  });

  it('takes up by itself what failed the day before and what nobody ever asked for', async () => {
    const { lake } = other;
    otherMarket.order({
      kind: 'patch-bar',
      symbol: 'MSFT',
      date: lastDay,
      times: null,
      change: { op: 'set', value: 0 },
    });
    otherMarket.order({ kind: 'status', status: 503, times: null, match: { source: 'coingecko' } });
    other.setNow(noon);
    const bad = await runRequest(lake, { kind: 'daily', date: lastDay, isExplicit: false });
    expect(bad).toMatchObject({ type: 'RunIncomplete', tally: { published: 5, refused: 1, failed: 1 } });
    otherMarket.clearFaults();
    // Nobody runs on the 21st; the day after takes its cells along.
    other.setNow(new Date('2026-11-24T12:00:00Z'));
    const good = await runRequest(lake, { kind: 'daily', date: '2026-11-23', isExplicit: false });
    expect(good).toMatchObject({ outcome: 'completed', tally: { refused: 0, failed: 0 } });
    expect(await eventsOf(lake, massiveCell('MSFT', lastDay))).toEqual(['refused', 'published']);
    const since = (await seenCells(lake)).filter(({ date }) => date >= lastDay);
    expect(new Set(since.map(({ state }) => state))).toEqual(new Set(['published', 'closed']));
    expect(since).toHaveLength(7 * 5);
  });

  it('of a day that is not final waits, says until when, and publishes once the day is final', async () => {
    const { lake } = other;
    // One second before 00:45 UTC, when CoinGecko's 24 November is final; New York's follows at 06:00, and Frankfurt's was at 23:00.
    other.setNow(new Date('2026-11-25T00:44:59Z'));
    const end = await runRequest(lake, { kind: 'daily', date: '2026-11-24', isExplicit: true });
    expect(end).toMatchObject({ outcome: 'completed', tally: { waiting: 5, failed: 0 } });
    const waiting = await until(async () => {
      const record = await newestRecord(lake, bitcoinCell('2026-11-24'));
      return record?.event === 'waiting' ? record : undefined;
    });
    expect(waiting.until).toBe('2026-11-25T00:45:00.000Z');
    const stock = await until(() => newestRecord(lake, massiveCell('AAPL', '2026-11-24')));
    expect(stock).toMatchObject({ event: 'waiting', until: '2026-11-25T06:00:00.000Z' });
    other.setNow(new Date('2026-11-25T00:45:00Z'));
    const handle = lake.client.workflow.getHandle(
      inLake(lake.lake.id, 'partition/2026-11-24/BTC/coingecko.market_chart'),
    );
    expect(await handle.result()).toEqual({ state: 'published' });
    expect((await warehouseCloses(lake, 'BTC')).get('2026-11-24')).toBeGreaterThan(0);
    expect((await newestRecord(lake, massiveCell('AAPL', '2026-11-24')))?.event).toBe('waiting');
  });
});
