import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calendarByName } from '../calendars/index.ts';
import { table } from '../client/command/table.ts';
import { recordClosedDays } from '../lake/closed-days.ts';
import { indexSchema } from '../lake/index-schema.ts';
import { LakeIndex } from '../lake/lake-index.ts';
import { LocalStore } from '../lake/local-store.ts';
import { dueCells, type DueCell, type PlannedAsset } from '../plan/due-cells.ts';
import { memoryFor } from '../plan/memory.ts';
import { makePlan, type Plan } from '../plan/plan.ts';
import type { RunRequest } from '../workflows/pure/run.ts';

/**
 * Measures the planning of five years of 500 stocks: 913,000 cells, 627,000 of them sessions. Once in an empty lake,
 * where all is to do, and once where all is published. The index is made as records would leave it; reading records
 * into it for the first time is not in here.
 */

const [from, to, today] = ['2021-11-20', '2026-11-19', '2026-11-20'];
const now = new Date(`${today}T12:00:00Z`);
const request: RunRequest = {
  kind: 'backfill',
  range: { from, to },
  tickers: null,
  force: false,
  clip: false,
};
const assets = Array.from({ length: 500 }, (_, place): PlannedAsset => {
  const ticker = `T${String(place).padStart(3, '0')}`;
  return {
    ticker,
    dataset: 'massive.daily_bars',
    symbol: ticker,
    calendar: calendarByName('nyse'),
    final: { time: '01:00', timeZone: 'America/New_York' },
    historyDays: null,
    coverage: { maxRangeDays: null, rangeEndsToday: false, groupOf: () => 'stocks' },
  };
});

/** Prints how long each part of planning takes, with the process's memory after it. */
export async function benchPlan(): Promise<void> {
  const rows = [['five years of 500 stocks', 'memory s', 'decide s', 'windows s', 'closed days s', 'RSS MB']];
  for (const isFull of [false, true]) rows.push(await measured(isFull));
  console.log(table(rows, new Set([1, 2, 3, 4, 5])).join('\n'));
}

async function measured(isFull: boolean): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-plan-'));
  if (isFull) await writeFullIndex(join(folder, 'index.duckdb'));
  const store = new LocalStore(folder);
  const [memory, memorySeconds] = await timed(() => memoryFor(new LakeIndex(store), request, assets, now));
  const [cells, decideSeconds] = await timed(async () => dueCells(request, assets, memory, now));
  const [plan, windowSeconds] = await timed(async () => makePlan(request, cells, today));
  const [, closedSeconds] = await timed(() => recordClosed(store, plan));
  const rss = Math.round(process.memoryUsage().rss / 1e6);
  await rm(folder, { recursive: true });
  const seconds = [memorySeconds, decideSeconds, windowSeconds, closedSeconds].map((value) =>
    value.toFixed(2),
  );
  return [isFull ? 'all published' : 'all to do', ...seconds, String(rss)];
}

async function recordClosed(store: LocalStore, { newlyClosed }: Plan): Promise<void> {
  const about = { run: 'bench', workflowRunId: 'bench', recordedAt: now.toISOString() };
  await recordClosedDays(store, about, newlyClosed.map(closedCell));
}

function closedCell({ asset, date, fate }: DueCell): Parameters<typeof recordClosedDays>[2][number] {
  const reason = fate.kind === 'closed' ? fate.reason : '';
  return { dataset: asset.dataset, ticker: asset.ticker, date, reason };
}

async function timed<T>(act: () => Promise<T>): Promise<[T, number]> {
  const startedMs = performance.now();
  const result = await act();
  return [result, (performance.now() - startedMs) / 1000];
}

async function writeFullIndex(path: string): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run("set TimeZone = 'UTC'");
  await connection.run(indexSchema);
  await connection.run(`insert into cell_records by name
    select 'massive' as source, 'daily_bars' as resource, ticker, cast(day as date) as date, 1 as number,
      'published' as event, 'published' as state, timestamptz '${now.toISOString()}' as recorded_at, 'bench' as run,
      concat('partition/', cast(day as date), '/', ticker) as workflow_id, concat('b-', ticker) as batch_id,
      '${today}' as ingestion_date, concat(md5(concat(ticker, day)), md5(concat(day, ticker))) as sha256,
      3000 as size_bytes, 1 as row_count, '1.0.0' as contract_version, '' as path
    from unnest([${assets.map(({ ticker }) => `'${ticker}'`).join(', ')}]) as t (ticker),
      range(date '${from}', date '${to}' + 1, interval 1 day) as d (day)`);
  connection.closeSync();
  instance.closeSync();
}
