import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dryRun, type DryRun } from '../../../client/plan/dry-run.ts';
import { paceOf, type Pace } from '../../../client/plan/pace.ts';
import { planReport } from '../../../client/plan/show-plan.ts';
import { startSampleMarket, type SampleMarket } from '../../../sources/sample/server.ts';
import { partitionId, inLake } from '../../../workflows/pure/ids.ts';
import type { RunResult } from '../../../workflows/pure/run.ts';
import { actionsInHistories, type CountedActions } from '../../support/actions.ts';
import { massiveCell, newestRecord } from '../../support/lake-view.ts';
import { backfillOf, startRequest } from '../../support/run-a-request.ts';
import { cliTimeoutMs } from '../../support/temporal-cli.ts';
import { workTestLake, type WorkedLake } from '../../support/test-lake.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';
import { until } from '../../support/until.ts';

/** Two seconds before the nineteenth is final for stocks; for coins it is. */
const now = new Date('2026-11-20T05:59:58Z');
const later = new Date('2026-11-20T06:00:01Z');
const waiting = massiveCell('AAPL', '2026-11-19');
const request = backfillOf({ from: '2026-11-19', to: '2026-11-19' });
/** Twenty-one coins and a stock are more windows than stand on one page of a plan. */
const coins = Array.from({ length: 21 }, (_, place) => ({
  ticker: `COIN${place}`,
  class: 'crypto',
  calendar: 'every-day',
  currency: 'USD',
  sources: [
    { dataset: 'coingecko.market_chart', symbol: `sample-coin-${String(20 + place).padStart(3, '0')}` },
  ],
}));
const stock = {
  ticker: 'AAPL',
  class: 'stock',
  calendar: 'nyse',
  currency: 'USD',
  sources: [{ dataset: 'massive.daily_bars', symbol: 'AAPL' }],
};

let server: TestServer;
let market: SampleMarket;
let worked: WorkedLake;
let planned: DryRun;
let filesBefore: string[];
let filesAfter: string[];
let result: RunResult;
let actions: CountedActions;
let pace: Pace;
let again: DryRun;

beforeAll(async () => {
  server = await startTestServer();
  market = await startSampleMarket();
  worked = await workTestLake({
    address: server.address,
    market,
    now,
    overlay: { assets: [...coins, stock], run: { patienceMinutes: 1 } },
  });
  const { lake } = worked;
  filesBefore = await lake.store.list('records');
  planned = await dryRun(lake, request, now);
  filesAfter = await lake.store.list('records');
  const handle = await startRequest(lake, request);
  const { runId } = await handle.describe();
  await until(async () => (await newestRecord(lake, waiting))?.event === 'waiting');
  worked.setNow(later);
  result = await handle.result();
  await lake.client.workflow.getHandle(inLake(lake.lake.id, partitionId(waiting))).result();
  actions = await actionsInHistories(lake.client, handle.workflowId, runId);
  pace = await paceOf(lake.index);
  again = await dryRun(lake, request, later);
}, cliTimeoutMs);
afterAll(async () => {
  await worked.close();
  await market.close();
  await server.close();
});

describe('a plan that is only looked at', () => {
  it('records nothing', () => {
    expect(filesAfter).toEqual(filesBefore);
  });

  it('counts the cells that the run then finds, and does', () => {
    expect(planned.summary).toEqual(result.summary);
    expect(planned.summary).toMatchObject({ due: 22, todo: 21, waiting: 1 });
    expect(result.tally).toMatchObject({ published: 21, waiting: 1, failed: 0 });
  });

  it('counts the requests that the market then gets', () => {
    const requests = Object.values(planned.summary.requests).reduce((sum, count) => sum + count, 0);
    expect(requests + planned.summary.waiting).toBe(market.requests.length);
  });

  it('counts the actions that are then in the histories, but for retries; signals depend on which windows end together', () => {
    expect(planned.windows).toBeGreaterThan(20);
    expect(planned.actions.total - planned.actions.signals).toBe(
      actions.total - actions.signals - actions.retries,
    );
    expect(Math.abs(planned.actions.total / actions.total - 1)).toBeLessThan(0.1);
  });

  it('finds nothing to do once that is done', () => {
    expect(again.summary).toMatchObject({ published: 22, todo: 0, waiting: 0, requests: {} });
    expect(planReport(again).at(-1)).toBe('nothing to do');
  });
});

it('a run too small to tell leaves the pace a default', () => {
  expect(pace.runs).toBe(0);
});
