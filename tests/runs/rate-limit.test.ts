import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import { backfillOf, runRequest } from '../support/run-a-request.ts';
import { cliTimeoutMs } from '../support/temporal-cli.ts';
import { workTestLake, type WorkedLake } from '../support/test-lake.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const requestsPerMinute = 60;
const leastGapMs = 60_000 / requestsPerMinute;
/** The queue lets a request go when its time has come; how long it then travels differs a little. */
const jitterMs = 150;

let server: TestServer;
let market: SampleMarket;
let worked: WorkedLake;

beforeAll(async () => {
  server = await startTestServer();
  market = await startSampleMarket();
  worked = await workTestLake({
    address: server.address,
    market,
    now: new Date('2026-11-20T12:00:00Z'),
    overlay: { sources: { massive: { plan: { requestsPerMinute } } } },
    // An address given by hand: the sample market's own, generous limit does not apply.
    environment: { MASSIVE_BASE_URL: market.massiveUrl },
  });
}, cliTimeoutMs);
afterAll(async () => {
  await worked.close();
  await market.close();
  await server.close();
});

it('the requests to a source are spaced as its plan demands, however many windows ask at once', async () => {
  const tickers = ['AAPL', 'GOOGL', 'MSFT', 'SPY', 'EURUSD', 'GBPUSD'];
  const range = { from: '2026-11-12', to: '2026-11-19' };
  expect(await runRequest(worked.lake, backfillOf(range, { tickers }))).toMatchObject({
    outcome: 'completed',
  });
  const times = market.requests.map(({ at }) => Date.parse(at));
  expect(times).toHaveLength(6);
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  expect(gaps.filter((gap) => gap < leastGapMs - jitterMs)).toEqual([]);
});
