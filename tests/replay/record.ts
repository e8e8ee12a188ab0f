import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { runOptions } from '../../client/run/start-run.ts';
import { projectFolder } from '../../settings.ts';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import { addDays, datesBetween, utcDateOf } from '../../workflows/pure/cell.ts';
import {
  dailyId,
  inLake,
  mainQueue,
  monthId,
  partitionId,
  windowId,
  withoutLake,
} from '../../workflows/pure/ids.ts';
import { bitcoinCell, countStates, newestRecord } from '../support/lake-view.ts';
import { backfillOf, endOfRun, runRequest, startRequest } from '../support/run-a-request.ts';
import { workTestLake, type WorkedLake } from '../support/test-lake.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { until } from '../support/until.ts';
import { outcomeOf, resetToFirstTask } from '../support/web-ui.ts';
import { cleanHistory } from './clean-history.ts';
import { historyToPlain } from './history-json.ts';
import { scenarios, type Scenario } from './scenarios.ts';

/**
 * Records one history of every scenario for the version in package.json, once, before its release. It never
 * replaces a recording: a replay that fails says that open workflows would break, and recording anew hides it.
 */

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')));
const folder = join(projectFolder, 'tests', 'replay', 'histories');
const fileOf = (scenario: Scenario): string => join(folder, `${version}-${scenario}.json`);

/** Yesterday and the days before it: final, on an exchange that never closes. */
const today = utcDateOf(Date.now());
const now = new Date(`${today}T12:00:00Z`);
const day = (back: number): string => addDays(today, -back);

/** Saves the newest execution of a workflow, or one of its executions, as a scenario's recording. */
async function save({ lake }: WorkedLake, scenario: Scenario, id: string, runId?: string): Promise<void> {
  const handle = lake.client.workflow.getHandle(inLake(lake.lake.id, id), runId);
  const json = historyToPlain(await handle.fetchHistory(), (await handle.describe()).runId);
  const clean = cleanHistory(json, lake.settings.lakeFolder);
  await writeFile(fileOf(scenario), `${JSON.stringify(clean)}\n`);
  console.log(`recorded ${scenario}`);
}

async function backfill(worked: WorkedLake, from: string, to: string): Promise<string> {
  const handle = await startRequest(worked.lake, backfillOf({ from, to }, { tickers: ['BTC'] }));
  await endOfRun(handle);
  return withoutLake(worked.lake.lake.id, handle.workflowId);
}

async function recordGood(worked: WorkedLake): Promise<void> {
  const run = await backfill(worked, day(9), day(8));
  await save(worked, 'backfill-completed', run);
  await save(worked, 'window-completed', windowId('coingecko.market_chart', 'BTC', day(9), day(8)));
  await save(worked, 'partition-published', partitionId(bitcoinCell(day(9))));
}

async function recordBad(worked: WorkedLake, market: SampleMarket): Promise<void> {
  const lie = { kind: 'patch-bar', times: null, symbol: 'bitcoin' } as const;
  market.order({ ...lie, date: day(12), change: { op: 'set', value: 0 } });
  market.order({ ...lie, date: day(11), change: { op: 'drop' } });
  await save(worked, 'backfill-incomplete', await backfill(worked, day(12), day(10)));
  await save(worked, 'partition-refused', partitionId(bitcoinCell(day(12))));
  await save(worked, 'partition-failed', partitionId(bitcoinCell(day(11))));
  market.clearFaults();
  const reset = await resetToFirstTask(worked.lake, partitionId(bitcoinCell(day(12))));
  await outcomeOf(worked.lake, partitionId(bitcoinCell(day(12))), reset);
  await save(worked, 'partition-reset', partitionId(bitcoinCell(day(12))));

  market.order({ kind: 'html', times: null });
  await backfill(worked, day(14), day(13));
  const window = windowId('coingecko.market_chart', 'BTC', day(14), day(13));
  await save(worked, 'window-failed', window);
  market.clearFaults();
  await outcomeOf(worked.lake, window, await resetToFirstTask(worked.lake, window));
  await save(worked, 'window-reset', window);
  await runRequest(worked.lake, { kind: 'retry', of: 'all' });
  await save(worked, 'retry-failed-completed', 'retry/all');
}

async function recordCancelled(worked: WorkedLake): Promise<void> {
  const { lake } = worked;
  const before = (await countStates(lake))['published'] ?? 0;
  const handle = await startRequest(lake, backfillOf({ from: day(60), to: day(20) }, { tickers: ['BTC'] }));
  await until(async () => (await lake.store.list('bronze')).length > before + 3);
  await handle.cancel();
  await endOfRun(handle);
  await save(worked, 'backfill-cancelled', withoutLake(lake.lake.id, handle.workflowId));
}

/** Two months, in one of which a cell is refused and goes on by itself. */
async function recordMonths(worked: WorkedLake, market: SampleMarket): Promise<void> {
  const { lake } = worked;
  const bad = bitcoinCell(day(70));
  const good = bitcoinCell(day(110));
  market.order({
    ...{ kind: 'patch-bar', times: null, symbol: 'bitcoin', date: bad.date },
    change: { op: 'set', value: 0 },
  });
  const handle = await startRequest(
    lake,
    backfillOf({ from: good.date, to: day(65) }, { tickers: ['BTC'], grain: 'month' }),
  );
  await endOfRun(handle);
  market.clearFaults();
  await save(worked, 'backfill-by-month', withoutLake(lake.lake.id, handle.workflowId));
  await save(worked, 'window-by-month', windowId(good.dataset, 'BTC', good.date, day(65)));
  const batch = (await newestRecord(lake, good))?.batch?.id ?? '';
  await save(worked, 'month-completed', monthId(good, batch));
  await save(worked, 'month-split', monthId(bad, batch));
}

/** A run that people pause, speed up, and drop days from. */
async function recordSteered(worked: WorkedLake): Promise<void> {
  const { lake } = worked;
  const before = (await countStates(lake))['published'] ?? 0;
  const handle = await startRequest(lake, backfillOf({ from: day(160), to: day(120) }, { tickers: ['BTC'] }));
  await until(async () => (await lake.store.list('bronze')).length > before + 3);
  await handle.executeUpdate('pause', { args: [{ by: 'a person', reason: 'to look at it' }] });
  await handle.executeUpdate('drop', { args: [{ from: day(130), to: day(120) }] });
  await handle.signal('concurrency', 8);
  await handle.signal('resume', {});
  await endOfRun(handle);
  await save(worked, 'backfill-steered', withoutLake(lake.lake.id, handle.workflowId));
}

async function recordDaily(worked: WorkedLake): Promise<void> {
  const { lake } = worked;
  const options = runOptions(lake.settings, lake.isSearchable);
  const tick = await lake.client.workflow.start('dailyTick', {
    workflowId: inLake(lake.lake.id, 'tick'),
    taskQueue: mainQueue(lake.lake.id),
    args: [{ lake: lake.lake.id, options }],
  });
  const { run } = (await tick.result()) as { run: string };
  await save(worked, 'daily-tick', 'tick');
  await endOfRun(lake.client.workflow.getHandle(inLake(lake.lake.id, run)));
  await save(worked, 'daily-run-completed', run);

  const final = Date.parse(`${addDays(today, 1)}T00:45:00Z`);
  worked.setNow(new Date(final - 1_000));
  await runRequest(lake, { kind: 'daily', date: today, isExplicit: true });
  await save(worked, 'daily-run-waiting', dailyId(today));
  await until(async () => (await newestRecord(lake, bitcoinCell(today)))?.event === 'waiting');
  worked.setNow(new Date(final));
  await lake.client.workflow.getHandle(inLake(lake.lake.id, partitionId(bitcoinCell(today)))).result();
  await save(worked, 'partition-waited', partitionId(bitcoinCell(today)));
}

/** A run of two pages: 21 windows of one cell each. */
async function recordPages(server: TestServer, market: SampleMarket): Promise<void> {
  const csvFolder = await mkdtemp(join(tmpdir(), 'csv-'));
  const tickers = Array.from({ length: 21 }, (_, index) => `S${index}`);
  const lines = datesBetween(day(2), day(1)).map((date) => `${date},100`);
  await writeFile(join(csvFolder, 'all.csv'), `day,close\n${lines.join('\n')}\n`);
  const file = { file: 'all.csv', dateColumn: 'day', columns: { close: 'close' } };
  const sources = (ticker: string): unknown => [{ dataset: 'csv.daily_closes', symbol: ticker }];
  const worked = await workTestLake({
    address: server.address,
    market,
    now,
    overlay: {
      assets: tickers.map((ticker) => ({
        ticker,
        class: 'index',
        calendar: 'file',
        sources: sources(ticker),
      })),
      sources: {
        csv: { folder: csvFolder, files: Object.fromEntries(tickers.map((ticker) => [ticker, file])) },
      },
    },
  });
  const { lake } = worked;
  const handle = await startRequest(lake, backfillOf({ from: day(1), to: day(1) }));
  const { runId } = await handle.describe();
  await endOfRun(handle);
  const run = withoutLake(lake.lake.id, handle.workflowId);
  await save(worked, 'backfill-first-page', run, runId);
  await save(worked, 'backfill-last-page', run);
  await worked.close();
  await rm(csvFolder, { recursive: true, force: true });
}

const there = scenarios.filter((scenario) => existsSync(fileOf(scenario)));
if (there.length > 0) {
  console.error(
    `${version} is recorded already (${there.join(', ')}). Raise the version in package.json, then record it.`,
  );
  process.exit(2);
}
await mkdir(folder, { recursive: true });
const server = await startTestServer();
const market = await startSampleMarket();
const coin = { dataset: 'coingecko.market_chart', symbol: 'bitcoin' };
const asset = { ticker: 'BTC', class: 'crypto', calendar: 'every-day', currency: 'USD', sources: [coin] };
const overlay = { assets: [asset], run: { cellsAtOnce: 4 } };
const worked = await workTestLake({ address: server.address, market, now, overlay });
await recordGood(worked);
await recordBad(worked, market);
await recordCancelled(worked);
await recordMonths(worked, market);
await recordSteered(worked);
await recordDaily(worked);
await worked.close();
await recordPages(server, market);
await market.close();
await server.close();
process.exit(0);
