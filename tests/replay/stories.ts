import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reauditRequest } from '../../client/reaudit/reaudit-cells.ts';
import { runOptions, startRun } from '../../client/run/start-run.ts';
import type { Contract } from '../../contracts/contract.ts';
import { parseContract } from '../../contracts/parse.ts';
import { projectFolder } from '../../settings.ts';
import { quotaOf } from '../../sources/quota.ts';
import type { SampleMarket } from '../../sources/sample/server.ts';
import { addDays, datesBetween } from '../../workflows/pure/cell.ts';
import {
  dailyId,
  inLake,
  mainQueue,
  monthId,
  partitionId,
  quotaId,
  windowId,
  withoutLake,
} from '../../workflows/pure/ids.ts';
import { bitcoinCell, countStates, newestRecord } from '../support/lake-view.ts';
import { backfillOf, endOfRun, runRequest, startRequest } from '../support/run-a-request.ts';
import { workTestLake, type WorkedLake } from '../support/test-lake.ts';
import type { TestServer } from '../support/test-server.ts';
import { until } from '../support/until.ts';
import { outcomeOf, resetToFirstTask } from '../support/web-ui.ts';
import { day, now, save, saveWhole, today } from './recording.ts';

async function backfill(worked: WorkedLake, from: string, to: string): Promise<string> {
  const handle = await startRequest(worked.lake, backfillOf({ from, to }, { tickers: ['BTC'] }));
  await endOfRun(handle);
  return withoutLake(worked.lake.lake.id, handle.workflowId);
}

/** A run in which all goes well. */
export async function recordGood(worked: WorkedLake): Promise<void> {
  const run = await backfill(worked, day(9), day(8));
  await save(worked, 'backfill-completed', run);
  await save(worked, 'window-completed', windowId('coingecko.market_chart', 'BTC', day(9), day(8)));
  await save(worked, 'partition-published', partitionId(bitcoinCell(day(9))));
}

/** A lie, a hole and no answer at all; what each leaves, reset and retried. */
export async function recordBad(worked: WorkedLake, market: SampleMarket): Promise<void> {
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

/** A run that a person cancels half-way. */
export async function recordCancelled(worked: WorkedLake): Promise<void> {
  const { lake } = worked;
  const before = (await countStates(lake))['published'] ?? 0;
  const handle = await startRequest(lake, backfillOf({ from: day(60), to: day(20) }, { tickers: ['BTC'] }));
  await until(async () => (await lake.store.list('bronze')).length > before + 3);
  await handle.cancel();
  await endOfRun(handle);
  await save(worked, 'backfill-cancelled', withoutLake(lake.lake.id, handle.workflowId));
}

/** Two months, in one of which a cell is refused and goes on by itself. */
export async function recordMonths(worked: WorkedLake, market: SampleMarket): Promise<void> {
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
export async function recordSteered(worked: WorkedLake): Promise<void> {
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

/** What a schedule starts, and a day that is not final yet. */
export async function recordDaily(worked: WorkedLake): Promise<void> {
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
export async function recordPages(server: TestServer, market: SampleMarket): Promise<void> {
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

/** What a lake needs to be about Bitcoin alone. */
export const bitcoinAlone = [
  {
    ...{ ticker: 'BTC', class: 'crypto', calendar: 'every-day', currency: 'USD' },
    sources: [{ dataset: 'coingecko.market_chart', symbol: 'bitcoin' }],
  },
];

/** A run whose requests a ledger counts, and the ledger, which never ends. */
export async function recordMetered(server: TestServer, market: SampleMarket): Promise<void> {
  const worked = await workTestLake({
    address: server.address,
    market,
    now,
    overlay: { assets: bitcoinAlone },
    environment: { COINGECKO_BASE_URL: market.urlOf('coingecko'), COINGECKO_API_KEY: 'sample' },
  });
  await save(worked, 'backfill-metered', await backfill(worked, day(5), day(4)));
  await save(worked, 'window-metered', windowId('coingecko.market_chart', 'BTC', day(5), day(4)));
  const { coingecko } = worked.lake.settings.sources;
  if (!coingecko) throw new Error('the lake of this story asks CoinGecko');
  await saveWhole(worked, 'quota', quotaId('coingecko', quotaOf(coingecko).keyName));
  await worked.close();
}

/** Days that are judged again under a contract of a higher version. */
export async function recordReaudit(server: TestServer, market: SampleMarket): Promise<void> {
  const dataset = 'coingecko.market_chart';
  const text = await readFile(join(projectFolder, 'contracts', `${dataset}.odcs.yaml`), 'utf8');
  const raised = parseContract(text.replace(/^version: .*$/m, 'version: 99.0.0'), `${dataset} 99.0.0`);
  let contracts = new Map<string, Contract>();
  const worked = await workTestLake({
    ...{ address: server.address, market, now, overlay: { assets: bitcoinAlone } },
    withDeps: (deps) => ({ ...deps, contracts: (contracts = new Map(deps.contracts)) }),
  });
  await backfill(worked, day(5), day(4));
  contracts.set(dataset, raised);
  const { run, request } = reauditRequest([raised], dataset, { tickers: null, range: null });
  const { outcome, message } = await endOfRun(await startRun(worked.lake, run, request));
  if (outcome !== 'completed') throw new Error(`a re-audit that is recorded must end well: ${message}`);
  await save(worked, 'reaudit-completed', run);
  await worked.close();
}
