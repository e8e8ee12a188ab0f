import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calendarByName } from '../../calendars/index.ts';
import type { ConnectedLake } from '../../client/command/lake-client.ts';
import { createSchedule, describeSchedule } from '../../client/schedule/daily-schedule.ts';
import { triggerTick } from '../../client/schedule/trigger.ts';
import { environmentFor, projectFolder } from '../../settings.ts';
import { startSampleMarket } from '../../sources/sample/server.ts';
import { addDays, utcDateOf, type PartitionDate } from '../../workflows/pure/cell.ts';
import { inLake } from '../../workflows/pure/ids.ts';
import { startCollector, type Collector } from '../support/collector.ts';
import { endOfRun, type TestRunEnd } from '../support/run-a-request.ts';
import { openTestLake } from '../support/test-lake.ts';
import { startTestServer } from '../support/test-server.ts';
import { until } from '../support/until.ts';
import { startWorkerChild } from '../support/worker-child.ts';

/** A secret for every door by which one comes in, and none that a text could hold by chance. */
export const canaries = {
  coingecko: 'canary-coingecko-7d1f',
  massive: 'canary-massive-90ab',
  temporal: 'canary-temporal-c4e2',
  collector: 'canary-collector-55d0',
  proxy: 'canary-proxy-e81b',
  webhook: 'canary-webhook-3c6d',
} as const;

/** More tickers of a csv file than a plan's page has windows, so that the run continues as new. */
const csvTickers = Array.from({ length: 21 }, (_, index) => `C${String(index).padStart(2, '0')}`);

/** What a worker with everything switched on told of one daily run that the schedule started. */
export interface WatchedStory {
  readonly lake: ConnectedLake;
  readonly run: string;
  readonly end: TestRunEnd;
  /** The AAPL day that the audit refused. */
  readonly refusedDate: PartitionDate;
  readonly collector: Collector;
  /** The lines of the worker's log, and whatever else it printed. */
  readonly logText: string;
  /** The metrics endpoint after the run, and the port that was wished for and taken. */
  readonly metricsText: string;
  readonly takenPort: number;
  /** What a command that starts a run printed. */
  readonly commandText: string;
  readonly folders: readonly string[];
  close(): Promise<void>;
}

/** Lives the story once: a refused cell, a failed window, a 429, and everything else published. */
export async function liveWatchedStory(): Promise<WatchedStory> {
  const folder = await mkdtemp(join(tmpdir(), 'watched-'));
  const blocker = createServer();
  const server = await startTestServer();
  const market = await startSampleMarket({
    keys: { coingecko: canaries.coingecko, massive: canaries.massive },
  });
  const collector = await startCollector();
  const takenPort = await listenOnFree(blocker);
  const opened = await openTestLake({
    address: server.address,
    market,
    overlay: {
      ...(await assetsOf(folder)),
      telemetry: { metrics: `127.0.0.1:${takenPort}` },
      // The report is the last step of the trace, and among the files that hold no key.
      run: { report: true },
      alerts: { webhooks: [{ name: 'team' }] },
    },
  });
  const environment = {
    ...opened.environment,
    ...secretEnvironment(collector.url),
    // The market takes no alerts, and says so with the address that it was asked for.
    MARKETLAKE_ALERT_WEBHOOK_TEAM: `${market.url}/${canaries.webhook}`,
  };
  const worker = await startWorkerChild(environment);
  const refusedDate = openDayBefore(utcDateOf(Date.now()));
  market.order({
    kind: 'patch-bar',
    symbol: 'AAPL',
    date: refusedDate,
    change: { op: 'cross' },
    times: null,
  });
  market.order({ kind: 'status', status: 403, match: { pathIncludes: 'MSFT' }, times: null });
  market.order({ kind: 'status', status: 429, retryAfterSeconds: 0, match: { source: 'coingecko' } });

  const { lake } = opened;
  await createSchedule(lake);
  const schedule = await describeSchedule(lake);
  if (!schedule) throw new Error('The schedule that was made is not there');
  const { run } = await triggerTick(lake, schedule);
  const end = await endOfRun(lake.client.workflow.getHandle(inLake(lake.lake.id, run)));
  const started = await runCommand('backfill', ['--days', '1', '--tickers', 'BTC'], environment);
  const port = await until(() => /metrics at http:\/\/127\.0\.0\.1:(\d+)/.exec(worker.output())?.[1]);
  const metricsUrl = `http://127.0.0.1:${port}/metrics`;
  const metricsText = await until(async () => {
    const text = await (await fetch(metricsUrl)).text();
    // Staleness is looked at when the rebuild is over, on its own time.
    const isLooked = /^marketlake_staleness_days\{.*ticker="C00".*\} 0$/m.test(text);
    // Nobody waits for a webhook either.
    return isLooked && /^marketlake_deliveries_total\{.*"undelivered".*\} [1-9]/m.test(text) && text;
  });
  // Ending, it sends the spans that it still has.
  await worker.stop();
  return {
    lake,
    run,
    end,
    refusedDate,
    collector,
    logText: worker.output(),
    metricsText,
    takenPort,
    commandText: started,
    folders: [lake.settings.lakeFolder, server.folder],
    close: async () => {
      await opened.close();
      await collector.close();
      await market.close();
      await server.close();
      blocker.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function secretEnvironment(collectorUrl: string): Record<string, string> {
  return {
    COINGECKO_API_KEY: canaries.coingecko,
    MASSIVE_API_KEY: canaries.massive,
    TEMPORAL_API_KEY: canaries.temporal,
    TEMPORAL_TLS: 'false',
    OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl,
    OTEL_EXPORTER_OTLP_HEADERS: `x-collector-key=${canaries.collector}`,
    HTTPS_PROXY: `http://somebody:${canaries.proxy}@127.0.0.1:9`,
    NO_PROXY: '127.0.0.1',
  };
}

async function assetsOf(folder: string): Promise<Record<string, unknown>> {
  const yesterday = addDays(utcDateOf(Date.now()), -1);
  await writeFile(join(folder, 'all.csv'), `day,close\n${yesterday},100\n`);
  const file = { file: 'all.csv', dateColumn: 'day', columns: { close: 'close' } };
  const stock = (ticker: string): object => ({
    ticker,
    class: 'stock',
    calendar: 'nyse',
    currency: 'USD',
    sources: [{ dataset: 'massive.daily_bars', symbol: ticker }],
  });
  const bitcoin = {
    ticker: 'BTC',
    class: 'crypto',
    calendar: 'every-day',
    currency: 'USD',
    sources: [{ dataset: 'coingecko.market_chart', symbol: 'bitcoin' }],
  };
  const ofFile = csvTickers.map((ticker) => ({
    ticker,
    class: 'index',
    calendar: 'file',
    sources: [{ dataset: 'csv.daily_closes', symbol: ticker }],
  }));
  return {
    assets: [bitcoin, stock('AAPL'), stock('MSFT'), ...ofFile],
    sources: { csv: { folder, files: Object.fromEntries(csvTickers.map((ticker) => [ticker, file])) } },
  };
}

/** A day of the exchange that every source calls final, and that the daily run's week holds. */
function openDayBefore(today: PartitionDate): PartitionDate {
  const calendar = calendarByName('nyse');
  let date = addDays(today, -3);
  while (!calendar.day(date).isOpen) date = addDays(date, -1);
  return date;
}

/** Another process has the port: the worker must not fail over it. */
async function listenOnFree(blocker: ReturnType<typeof createServer>): Promise<number> {
  // From where nobody else looks: the system hands out free ports from 32768 on.
  const first = 19_000 + (process.pid % 500) * 20;
  for (let port = first; ; port += 1) {
    const isOurs = await new Promise<boolean>((resolve) => {
      blocker.once('error', () => resolve(false));
      blocker.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (isOurs) return port;
  }
}

async function runCommand(
  command: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const script = join(projectFolder, 'client', `${command}.ts`);
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), script, ...words], {
    env: environmentFor(environment),
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(child, 'close');
  return text;
}
