import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import { backfillOf, runRequest } from '../support/run-a-request.ts';
import { cliTimeoutMs } from '../support/temporal-cli.ts';
import { workTestLake, type WorkedLake } from '../support/test-lake.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { until } from '../support/until.ts';

type History = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>;

const requestsPerMinute = 60;
const leastGapMs = 60_000 / requestsPerMinute;
/** How exactly the server keeps the time of its queue. */
const jitterMs = 150;

const tickers = ['AAPL', 'GOOGL', 'MSFT', 'SPY', 'AMZN', 'NVDA'];
const stock = (ticker: string): object => ({
  ticker,
  class: 'stock',
  calendar: 'nyse',
  currency: 'USD',
  sources: [{ dataset: 'massive.daily_bars', symbol: ticker }],
});

let server: TestServer;
let market: SampleMarket;
let worked: WorkedLake;

beforeAll(async () => {
  server = await startTestServer();
  market = await startSampleMarket();
  worked = await workTestLake({
    address: server.address,
    serverPid: server.pid,
    market,
    now: new Date('2026-11-20T12:00:00Z'),
    overlay: { assets: tickers.map(stock), sources: { massive: { plan: { requestsPerMinute } } } },
    // An address given by hand: the sample market's own, generous limit does not apply.
    environment: { MASSIVE_BASE_URL: market.urlOf('massive') },
  });
}, cliTimeoutMs);
afterAll(async () => {
  await worked.close();
  await market.close();
  await server.close();
});

it('the requests to a source are spaced as its plan demands, however many windows ask at once', async () => {
  const range = { from: '2026-11-12', to: '2026-11-19' };
  expect(await runRequest(worked.lake, backfillOf(range))).toMatchObject({
    outcome: 'completed',
  });
  expect(market.requests).toHaveLength(6);
  // When the queue let each go: how long it then travels to the market differs, on a busy machine by a second.
  const times = await timesLetGo();
  expect(times).toHaveLength(6);
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  expect(gaps.filter((gap) => gap < leastGapMs - jitterMs)).toEqual([]);
});

/** When each fetch left its queue, by the server's clock, in milliseconds. */
async function timesLetGo(): Promise<number[]> {
  const { workflow } = worked.lake.client;
  const windows = await until(async () => {
    const found = [];
    for await (const each of workflow.list({ query: `WorkflowType = 'window'` })) found.push(each);
    return found.length === 6 && found;
  });
  const histories = await Promise.all(
    windows.map(({ workflowId, runId }) => workflow.getHandle(workflowId, runId).fetchHistory()),
  );
  return histories.flatMap(startsOfFetches).sort((one, other) => one - other);
}

function startsOfFetches({ events }: History): number[] {
  const all = events ?? [];
  const fetches = all.filter(
    ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === 'fetch',
  );
  const ids = new Set(fetches.map(({ eventId }) => String(eventId)));
  return all
    .filter(({ activityTaskStartedEventAttributes: started }) => ids.has(String(started?.scheduledEventId)))
    .map(({ eventTime }) => Number(eventTime?.seconds) * 1_000 + (eventTime?.nanos ?? 0) / 1e6);
}
