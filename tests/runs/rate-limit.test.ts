import type { WorkflowHandle } from '@temporalio/client';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { defaultPayloadConverter } from '@temporalio/common';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ConnectedLake } from '../../client/command/lake-client.ts';
import { quotaLeft } from '../../client/quota/quota-left.ts';
import { quotaWaits } from '../../client/quota/quota-waits.ts';
import { projectFolder } from '../../settings.ts';
import { quotaOf } from '../../sources/quota.ts';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import type { Permit } from '../../workflows/pure/quota/ledger.ts';
import { quotaId } from '../../workflows/pure/ids.ts';
import { nextPeriodMs } from '../../workflows/pure/quota/periods.ts';
import type { RunProgress } from '../../workflows/pure/run.ts';
import { backfillOf, endOfRun, runRequest, startRequest } from '../support/run-a-request.ts';
import { cliTimeoutMs } from '../support/temporal-cli.ts';
import { workTestLake, type WorkedLake } from '../support/test-lake.ts';
import { until } from '../support/until.ts';
import { startFoundServer, type FoundServer } from './found-server.ts';

/**
 * One story on a server whose queues we did not configure: two lakes spend one key of Massive, whose plan allows
 * eight requests a day, three of which are kept for daily runs, and one request a second.
 */
const plan = { requestsPerMinute: 60, requestsPerDay: 8, dailyShare: 3 };
const keys = { coingecko: 'canary-of-coingecko', massive: 'canary-of-massive' };
const asset = (ticker: string, kind: string, calendar: string, dataset: string, symbol = ticker): object => ({
  ticker,
  class: kind,
  calendar,
  currency: 'USD',
  sources: [{ dataset, symbol }],
});
const assets = [
  asset('AAPL', 'stock', 'nyse', 'massive.daily_bars'),
  asset('MSFT', 'stock', 'nyse', 'massive.daily_bars'),
  asset('EURUSD', 'fx', 'fx', 'massive.daily_bars', 'C:EURUSD'),
  asset('BTC', 'crypto', 'every-day', 'coingecko.market_chart', 'bitcoin'),
];
const range = { from: '2026-11-18', to: '2026-11-19' };
/** Whatever the clock says while the story runs, it must be one day in UTC. */
const longestStoryMs = 120_000;

let server: FoundServer;
let market: SampleMarket;
let first: WorkedLake;
let second: WorkedLake;

/** Addresses given by hand: the sample market is then asked as a real API is. */
const addresses = (): Record<string, string> => ({
  MASSIVE_BASE_URL: market.urlOf('massive'),
  MASSIVE_API_KEY: keys.massive,
  COINGECKO_BASE_URL: market.urlOf('coingecko'),
  COINGECKO_API_KEY: keys.coingecko,
});

const openLake = (): Promise<WorkedLake> =>
  workTestLake({
    address: server.address,
    market,
    now: new Date('2026-11-20T12:00:00Z'),
    overlay: {
      assets,
      sources: { massive: { plan }, coingecko: { plan: { requestsPerMinute: null } } },
    },
    environment: addresses(),
  });

beforeAll(async () => {
  server = await startFoundServer();
  market = await startSampleMarket({ keys, limits: { massive: plan.requestsPerMinute } });
  [first, second] = await Promise.all([openLake(), openLake()]);
  await until(() => nextPeriodMs('day', Date.now()) - Date.now() > longestStoryMs);
}, cliTimeoutMs);
afterAll(async () => {
  await Promise.all([first.close(), second.close()]);
  await market.close();
  await server.close();
});

const requestsTo = (source: string): SampleMarket['requests'] =>
  market.requests.filter((request) => request.source === source);

it('two lakes with one key send their requests at its pace, though the server’s queues let them through in bursts', async () => {
  market.order({ kind: 'status', status: 503, match: { pathIncludes: 'MSFT' } });
  market.order({ kind: 'status', status: 429, retryAfterSeconds: 2, match: { source: 'coingecko' } });
  const ends = await Promise.all([
    runRequest(first.lake, backfillOf(range, { tickers: ['AAPL', 'MSFT', 'BTC'] })),
    runRequest(second.lake, backfillOf(range, { tickers: ['AAPL', 'MSFT'] })),
  ]);
  expect(ends).toMatchObject([{ outcome: 'completed' }, { outcome: 'completed' }]);
  const sentMs = requestsTo('massive').map(({ at }) => Date.parse(at));
  const leaveMs = await leaveGiven(first.lake, 'massive');
  // Four windows, and the second attempt of one.
  expect(sentMs).toHaveLength(5);
  expect(leaveMs).toHaveLength(5);
  const gaps = leaveMs.slice(1).map((time, index) => time - (leaveMs[index] ?? 0));
  expect(gaps.filter((gap) => gap < 60_000 / plan.requestsPerMinute)).toEqual([]);
  // However late a busy machine sends it: no request goes before its leave.
  expect(sentMs.filter((time, index) => time < (leaveMs[index] ?? Infinity))).toEqual([]);
  expect(requestsTo('massive').filter(({ status }) => status === 429)).toEqual([]);
});

it('a 429 holds back whoever uses the key as long as it says, and the attempt after it is counted too', async () => {
  const [refused, answered, ...more] = requestsTo('coingecko');
  expect([refused?.status, answered?.status, more]).toEqual([429, 200, []]);
  const [, second = 0] = await leaveGiven(first.lake, 'coingecko');
  expect(second - Date.parse(refused?.at ?? '')).toBeGreaterThanOrEqual(2_000);
  expect((await quotaLeft(first.lake, 'coingecko'))?.units.month).toMatchObject({ used: 2, limit: 10_000 });
});

it('the count outlives the server and every worker', async () => {
  await Promise.all([first.close(), second.close()]);
  await server.killAndRestart();
  [first, second] = await Promise.all([openLake(), openLake()]);
  const left = await until(() => quotaLeft(first.lake, 'massive').catch(() => undefined));
  expect(left.units.day).toMatchObject({ used: 5, limit: 8, left: 3 });
  expect(left).toMatchObject({ forOthers: { day: 0 }, dailyUsed: 0, waiting: [] });
});

it('a backfill that would eat the share of daily runs waits for tomorrow and says so, while a daily run goes on', async () => {
  const before = requestsTo('massive').length;
  const backfill = await startRequest(first.lake, backfillOf(range, { tickers: ['EURUSD'] }));
  const midnight = new Date(nextPeriodMs('day', Date.now())).toISOString();
  const wait = { source: 'massive', reason: 'day', until: midnight };
  const progress = await until(async () => {
    const told = await backfill.query<RunProgress>('progress');
    return told.quotaWait === null ? undefined : told;
  });
  expect(progress.quotaWait).toEqual(wait);
  const left = await quotaLeft(second.lake, 'massive');
  const run = backfill.workflowId.slice(first.lake.lake.id.length + 1);
  expect(left?.waiting).toMatchObject([{ lake: first.lake.lake.id, run, reason: 'day', until: midnight }]);
  expect(requestsTo('massive')).toHaveLength(before);
  expect(await quotaWaits(first.lake)).toEqual([{ run, ...wait }]);
  expect(await quotaWaits(second.lake)).toEqual([]);
  const said = await quotaCommand(second.lake);
  expect(said).toContain('day          5        8     3  ');
  expect(said).toContain(`${first.lake.lake.id}/${run} (massive.daily_bars/EURUSD/`);
  expect(said).not.toContain(keys.massive);

  const daily = await runRequest(second.lake, { kind: 'daily', date: '2026-11-19', isExplicit: false });
  expect(daily).toMatchObject({ outcome: 'completed' });
  expect(requestsTo('massive')).toHaveLength(before + 3);

  await backfill.cancel();
  expect(await endOfRun(backfill)).toMatchObject({ outcome: 'cancelled' });
  expect(await quotaLeft(second.lake, 'massive')).toMatchObject({ dailyUsed: 3, waiting: [] });

  // Its history was begun anew meanwhile, and nothing of the above was forgotten.
  expect((await historiesOfLedger(first.lake, 'massive')).length).toBeGreaterThan(1);
});

/** Runs the command as a person would, in the lake of a test. */
async function quotaCommand({ settings }: ConnectedLake): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', 'client/quota.ts'], {
    cwd: projectFolder,
    env: {
      ...process.env,
      ...addresses(),
      MARKETLAKE_MARKET: 'sample',
      MARKETLAKE_DATA_DIR: settings.lakeFolder,
      MARKETLAKE_CONFIG: join(settings.lakeFolder, '..', 'overlay.yaml'),
    },
  });
  return stdout;
}

/** When the ledger gave leave to send, as its histories tell: one instant for each request, in order. */
async function leaveGiven(lake: ConnectedLake, source: string): Promise<number[]> {
  const events = (await historiesOfLedger(lake, source)).flatMap((history) => history.events ?? []);
  const permits = events.flatMap(({ workflowExecutionUpdateCompletedEventAttributes: completed }) => {
    const payload = completed?.outcome?.success?.payloads?.[0];
    // Only `takePermit` answers anything; the others answer undefined.
    return payload ? [defaultPayloadConverter.fromPayload<Permit | undefined>(payload)] : [];
  });
  return permits.flatMap((permit) => (permit?.isGranted ? [permit.notBeforeMs] : []));
}

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

/** The histories of a source's ledger, the oldest first: each goes on with what the one before knew. */
async function historiesOfLedger({ client, settings }: ConnectedLake, source: string): Promise<History[]> {
  const configured = settings.sources[source];
  if (!configured) throw new RangeError(`${source} is not configured`);
  const id = quotaId(source, quotaOf(configured).keyName);
  const histories: History[] = [];
  let runId: string | undefined = (await client.workflow.getHandle(id).describe()).runId;
  while (runId !== undefined) {
    const history: History = await client.workflow.getHandle(id, runId).fetchHistory();
    histories.unshift(history);
    runId =
      history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
  }
  return histories;
}
