import { afterAll, beforeAll, expect, it } from 'vitest';
import { snapshotLines, snapshotsOf } from '../../client/status/snapshots.ts';
import { LocalStore } from '../../lake/local-store.ts';
import { openProofLake } from '../../proof/proof-lake.ts';
import { verifyLake } from '../../proof/verify/verify-lake.ts';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import type { CellKey } from '../../workflows/pure/cell.ts';
import { askWarehouse, eventsOf, newestRecord } from '../support/lake-view.ts';
import { runRequest, type TestRunEnd } from '../support/run-a-request.ts';
import { cliTimeoutMs } from '../support/temporal-cli.ts';
import { workTestLake, type WorkedLake } from '../support/test-lake.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

/** The synthetic NFLX splits one share into ten on 2026-11-02. */
const overlay = {
  assets: [
    {
      ...{ ticker: 'NFLX', class: 'stock', calendar: 'nyse', currency: 'USD' },
      sources: [{ dataset: 'massive.daily_bars', symbol: 'NFLX' }],
    },
  ],
  snapshots: [{ dataset: 'massive.splits' }, { dataset: 'massive.dividends' }],
  relook: { afterDays: [] },
};
const toldOn = (dataset: string, date: string): CellKey => ({ dataset, ticker: 'us-stocks', date });

let server: TestServer;
let market: SampleMarket;
let worked: WorkedLake;

beforeAll(async () => {
  server = await startTestServer();
  market = await startSampleMarket({ pageSize: 200 });
  worked = await workTestLake({
    address: server.address,
    market,
    now: new Date('2026-11-04T12:00:00Z'),
    overlay,
  });
}, cliTimeoutMs);
afterAll(async () => {
  await worked.close();
  await market.close();
  await server.close();
});

async function daily(today: string, date: string): Promise<TestRunEnd> {
  worked.setNow(new Date(`${today}T12:00:00Z`));
  return runRequest(worked.lake, { kind: 'daily', date, isExplicit: false, snapshotDate: today });
}

const reaches = async (): Promise<unknown[]> =>
  (
    await worked.lake.index.rows(
      'select resource, date::varchar as date, since::varchar as since, request_count from snapshots order by date, resource',
    )
  ).map((row) => Object.values(row));

it('the first daily run asks for all that the plan reaches, and publishes one cell of each list', async () => {
  expect(await daily('2026-11-04', '2026-11-03')).toMatchObject({ outcome: 'completed' });
  expect(await reaches()).toEqual([
    // Two years of dividends take two pages of the market's 200 rows.
    ['dividends', '2026-11-04', '2024-11-04', 2],
    ['splits', '2026-11-04', '2024-11-04', 1],
  ]);
  expect(await eventsOf(worked.lake, toldOn('massive.splits', '2026-11-04'))).toEqual(['published']);
  expect(await newestRecord(worked.lake, toldOn('massive.splits', '2026-11-04'))).toMatchObject({
    rowCount: 3,
  });
  expect(snapshotLines(await snapshotsOf(worked.lake, { from: '2026-11-04', to: '2026-11-04' }))).toContain(
    'massive.splits 2026-11-04: all since 2024-11-04: 1 published',
  );
});

it('the warehouse takes the split out of the closes before it, and suspects none', async () => {
  const prices = await askWarehouse(
    worked.lake,
    `select price_date::varchar as date, split_factor as factor, close_split_adjusted / close as ratio
     from marts.fct_daily_prices where price_date in ('2026-10-30', '2026-11-02') order by 1`,
  );
  expect(prices).toMatchObject([
    { date: '2026-10-30', factor: 0.1 },
    { date: '2026-11-02', factor: 1, ratio: 1 },
  ]);
  const [found] = await askWarehouse(
    worked.lake,
    `select (select max(abs(simple_return)) from marts.fct_daily_returns) as largest,
        (select count(*)::integer from metadata.suspected_splits) as suspected,
        (select count(*)::integer from staging.stg_massive__dividends) > 200 as has_dividends`,
  );
  expect(found).toMatchObject({ suspected: 0, has_dividends: true });
  expect(Number(found?.['largest'])).toBeLessThan(0.2);
});

it('the next day asks from some days before the last one on, with one request each, and keeps what it learned', async () => {
  expect(await daily('2026-11-05', '2026-11-04')).toMatchObject({ outcome: 'completed' });
  expect((await reaches()).slice(2)).toEqual([
    ['dividends', '2026-11-05', '2026-10-28', 1],
    ['splits', '2026-11-05', '2026-09-30', 1],
  ]);
  const splits = await askWarehouse(
    worked.lake,
    `select split_status as status, ratio, first_learned_on::varchar as first, last_told_on::varchar as last
     from intermediate.int_market__splits`,
  );
  expect(splits).toEqual([{ status: 'KNOWN', ratio: 10, first: '2026-11-04', last: '2026-11-05' }]);
});

it('verify makes the cells of many rows again from their batches', async () => {
  const store = new LocalStore(worked.lake.settings.lakeFolder);
  const report = await verifyLake(
    { ...openProofLake(store, worked.deps.sources), store },
    { now: new Date(), lookAgainAfterMs: 0 },
  );
  expect(report.findings.filter(({ isDamage }) => isDamage)).toEqual([]);
});
