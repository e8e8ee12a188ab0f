import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planFallbacks, type FallbackPlan } from '../../activities/plan-fallbacks.ts';
import { Output } from '../../client/command/output.ts';
import { performRun } from '../../client/run/perform-run.ts';
import { runOptions } from '../../client/run/start-run.ts';
import { standingsOf } from '../../client/status/standings.ts';
import type { ConnectedLake } from '../../client/command/lake-client.ts';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import type { CellKey } from '../../workflows/pure/cell.ts';
import { inLake } from '../../workflows/pure/ids.ts';
import type { RunRequest } from '../../workflows/pure/run.ts';
import type { LeaveOut } from '../../workflows/pure/steering.ts';
import { askWarehouse, bitcoinCell, eventsOf } from '../support/lake-view.ts';
import { backfillOf, runRequest, type TestRunEnd } from '../support/run-a-request.ts';
import { workTestLake, type WorkedLake } from '../support/test-lake.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { cliTimeoutMs } from '../support/temporal-cli.ts';

const days = { from: '2026-11-17', to: '2026-11-19' };
const coins = ['BTC', 'ETH'];
const now = new Date('2026-11-20T12:00:00Z');
/** Nowhere near the sample market's prices, so that it is seen whose price counts. */
const csvClose = 4_321;
const csvCell = (date: string): CellKey => ({ dataset: 'csv.daily_closes', ticker: 'BTC', date });
const csv = (symbol: string): object => ({ dataset: 'csv.daily_closes', symbol });
const coingecko = (symbol: string): object => ({ dataset: 'coingecko.market_chart', symbol });
const asset = (ticker: string, ...sources: object[]): object => ({
  ...{ ticker, class: 'crypto', calendar: 'every-day', currency: 'USD' },
  sources,
});

let server: TestServer;
let market: SampleMarket;
let worked: WorkedLake;
let csvFolder: string;

beforeAll(async () => {
  csvFolder = await mkdtemp(join(tmpdir(), 'fallback-'));
  const lines = ['2026-11-17', '2026-11-18', '2026-11-19'].map((date) => `${date},${csvClose}`);
  await writeFile(join(csvFolder, 'btc.csv'), `day,close\n${lines.join('\n')}\n`);
  server = await startTestServer();
  market = await startSampleMarket();
  const file = (name: string): object => ({ file: name, dateColumn: 'day', columns: { close: 'close' } });
  worked = await workTestLake({
    address: server.address,
    market,
    now,
    overlay: {
      assets: [
        asset('BTC', coingecko('bitcoin'), csv('BTC')),
        asset('ETH', coingecko('ethereum')),
        asset('LOST', coingecko('no-such-coin'), csv('NOWHERE')),
      ],
      sources: { csv: { folder: csvFolder, files: { BTC: file('btc.csv'), NOWHERE: file('none.csv') } } },
    },
  });
  market.order({ kind: 'status', status: 401, times: null, match: { pathIncludes: 'bitcoin' } });
}, cliTimeoutMs);
afterAll(async () => {
  await worked.close();
  await market.close();
  await server.close();
  await rm(csvFolder, { recursive: true, force: true });
});

/** The same lake, as whoever configured fallbacks sees it. */
function wanting(): ConnectedLake {
  const { settings } = worked.lake;
  return { ...worked.lake, settings: { ...settings, run: { ...settings.run, fallback: 'on-failure' } } };
}

/** Follows a run as its command does; answers what it said and its exit code. */
async function follow(request: RunRequest, run: string): Promise<{ code: number; said: string }> {
  // No terminal, like whatever a command's output is sent into.
  const out = new PassThrough() as unknown as NodeJS.WriteStream;
  const code = await performRun(wanting(), { run, request }, new Output(false, out), now);
  return { code, said: String(out.read()) };
}

/** The observed prices of an asset, as `CLOSE DATASET first` or `… fallback`, each with its way back to a batch. */
async function pricesOf(ticker: string): Promise<string[]> {
  const rows = await askWarehouse(
    worked.lake,
    `select concat_ws(' ', prices.close, lineage.dataset, if(prices.is_fallback, 'fallback', 'first')) as price
     from marts.fct_daily_prices as prices
     inner join metadata.lineage as lineage using (dataset, ticker, batch_id, price_date)
     where prices.price_status = 'OBSERVED' and ticker = '${ticker}' and (lineage.source_place > 1) = prices.is_fallback
     order by price_date`,
  );
  return rows.map((row) => String(row['price']));
}

async function stepsOf(run: string): Promise<string[]> {
  const handle = worked.lake.client.workflow.getHandle(inLake(worked.lake.lake.id, run));
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(
    ({ activityTaskScheduledEventAttributes: step }) => step?.activityType?.name ?? [],
  );
}

describe('where fallbacks are not wanted, as is the default', () => {
  let end: TestRunEnd;
  beforeAll(async () => {
    end = await runRequest(worked.lake, backfillOf(days, { tickers: coins }));
  }, cliTimeoutMs);

  it('a source that fails asks no other, and the run takes no step for it', async () => {
    expect(end).toMatchObject({ type: 'RunIncomplete', tally: { published: 3, failed: 3 } });
    expect(await eventsOf(worked.lake, csvCell('2026-11-17'))).toEqual([]);
    expect(await stepsOf('backfill/2026-11-17..2026-11-19/test-BTC-ETH')).not.toContain('planFallbacks');
  });
});

describe('where they are wanted', () => {
  it('the same run asks the next source, completes, and says what came from where', async () => {
    const before = market.requests.length;
    const { code, said } = await follow(backfillOf(days, { tickers: coins }), 'backfill/fallback');
    expect(said).toContain('BTC 2026-11-17 … 2026-11-19 (3 cells) failed: ');
    expect(said).toContain('  meanwhile the price is from csv.daily_closes');
    expect(code).toBe(0);
    // Only the first source was asked over HTTP, once, and the coin that was there not at all.
    expect(market.requests.slice(before).map(({ path }) => path.includes('bitcoin'))).toEqual([true]);
    const [ended] = await worked.lake.index.rows(
      `select body ->> '$.outcome' as outcome, body ->> '$.covered' as covered, body ->> '$.note' as note
       from run_records where run = 'backfill/fallback' and event = 'ended'`,
    );
    expect(ended).toMatchObject({ outcome: 'completed', covered: '3' });
    expect(ended?.['note']).toContain(
      'BTC 2026-11-17..2026-11-19 from csv.daily_closes in place of coingecko.market_chart',
    );
  });

  it('each cell stays what it is: the first one failed, the fallback published from its own file', async () => {
    expect(await eventsOf(worked.lake, csvCell('2026-11-18'))).toEqual(['published']);
    expect(await pricesOf('BTC')).toEqual(
      [...Array<string>(3)].fill(`${csvClose}.0 csv.daily_closes fallback`),
    );
    const standings = await standingsOf(worked.lake, { ...days, tickers: coins }, now);
    const seen = standings.map(({ ticker, state, fallback }) => `${ticker} ${state} ${fallback ?? '-'}`);
    expect([...new Set(seen)]).toEqual(['BTC failed csv.daily_closes', 'ETH published -']);
  });

  it('a cell that a person dropped from the run has no other asked in its place', async () => {
    const context = {
      lake: worked.lake.lake.id,
      run: 'backfill/fallback',
      options: runOptions(wanting().settings, true),
    };
    const [planned] = await worked.lake.index.rows(
      `select workflow_run_id as run from run_records where run = 'backfill/fallback' and event = 'planned'`,
    );
    const parts = [{ number: 0, plannedBy: String(planned?.['run']), pageCount: 1, nextPage: 1 }];
    const request = backfillOf(days, { tickers: coins });
    const all = {
      tickers: null,
      from: null,
      to: null,
      dataset: null,
      beforePart: null,
      fate: 'dropped',
    } as const;
    const asked = (leaveOuts: readonly LeaveOut[]): Promise<FallbackPlan> =>
      planFallbacks(worked.deps, context, { request, plannedBy: 'nobody', parts, leaveOuts });
    expect((await asked([])).covered.cells).toBe(3);
    expect(await asked([all])).toMatchObject({ plan: { pageCount: 0 }, covered: { cells: 0 } });
  });

  it('a further run asks the first source again, and completes with nothing left to ask', async () => {
    const again = await runRequest(wanting(), backfillOf(days, { tickers: ['BTC'] }), 'again');
    expect(again).toMatchObject({ outcome: 'completed', tally: { published: 0, failed: 3 } });
    expect(await eventsOf(worked.lake, csvCell('2026-11-18'))).toEqual(['published']);
  });
});

describe('once the first source is there again', () => {
  let end: TestRunEnd;
  beforeAll(async () => {
    market.clearFaults();
    end = await runRequest(wanting(), backfillOf(days, { tickers: ['BTC', 'LOST'] }), 'healed');
  }, cliTimeoutMs);

  it('its cells are published, its price counts, and the other is compared with it', async () => {
    expect(await eventsOf(worked.lake, bitcoinCell('2026-11-18'))).toContain('published');
    expect((await pricesOf('BTC')).join()).toMatch(/^(\d+\.?\d* coingecko\.market_chart first,?){3}$/);
    const conflicts = await askWarehouse(worked.lake, 'select other_close from metadata.source_conflicts');
    expect(conflicts.map((row) => row['other_close'])).toEqual([csvClose, csvClose, csvClose]);
  });

  it('a day that no source has fails its run all the same, and each of its cells says why', () => {
    expect(end).toMatchObject({ type: 'RunIncomplete', tally: { published: 3, failed: 6 } });
    expect(end.message).toMatch(/^6 cells did not get there/);
    for (const words of ['no-such-coin', 'none.csv']) expect(end.message).toContain(words);
  });
});
