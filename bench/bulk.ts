import { readFileSync, existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectedLake } from '../client/command/lake-client.ts';
import { table } from '../client/command/table.ts';
import type { LakeIndex } from '../lake/lake-index.ts';
import { startSampleMarket } from '../sources/sample/server.ts';
import { countStates } from '../tests/support/lake-view.ts';
import { openTestLake } from '../tests/support/test-lake.ts';
import { startRequest } from '../tests/support/run-a-request.ts';
import { startWorkerChild, type WorkerChild } from '../tests/support/worker-child.ts';
import { addDays, datesBetween, utcDateOf, type PartitionDate } from '../workflows/pure/cell.ts';
import { startBenchServer } from './measure.ts';
import { Openings } from './openings.ts';
import { useOf } from './process-use.ts';
import { atOnce } from './shape.ts';

/** How much is brought into a lake, and in which lane. */
export interface BulkShape {
  readonly tickers: number;
  readonly days: number;
  readonly grain: 'cell' | 'month';
}

/** What one backfill took. */
export interface BulkMeasured extends BulkShape {
  readonly cells: number;
  /** From the run's start to its end, plan and model included. */
  readonly wallSeconds: number;
  /** From the first cell's publication to the last one's. */
  readonly cellSeconds: number;
  /** Cells a second of each thousand, in the order in which they were published. */
  readonly rateByThousand: readonly number[];
  readonly workerCpuSeconds: number;
  readonly serverCpuSeconds: number;
  readonly workerPeakMb: number;
  /** What the worker held, every two seconds. */
  readonly workerMb: readonly number[];
  readonly runEvents: number;
  readonly runKilobytes: number;
}

const bars = { cellsPerSecond: 150, runEvents: 5_000 };
const sampleEveryMs = 2_000;

/** Backfills made series, each from a file of its own, through a real server and a real worker. */
export async function measureBulk(shape: BulkShape): Promise<BulkMeasured> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-bulk-'));
  const lastDay = addDays(utcDateOf(Date.now()), -2);
  const dates = datesBetween(addDays(lastDay, 1 - shape.days), lastDay);
  const tickers = Array.from({ length: shape.tickers }, (_, index) => `M${String(index).padStart(2, '0')}`);
  for (const [place, ticker] of tickers.entries()) await writeSeries(folder, ticker, place, dates);
  const openings = new Openings();
  try {
    const server = await openings.open(startBenchServer(), (one) => one.close());
    const market = await openings.open(startSampleMarket(), (one) => one.close());
    const test = await openings.open(
      openTestLake({ address: server.address, market, overlay: overlayOf(folder, tickers) }),
      (one) => one.close(),
    );
    const worker = await openings.open(startWorkerChild(test.environment), (one) => one.stop());
    return await measureRun(shape, dates, { lake: test.lake, worker, serverPid: server.pids()[0] ?? 0 });
  } finally {
    await openings.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Where a backfill runs. */
interface BulkPlace {
  readonly lake: ConnectedLake;
  readonly worker: WorkerChild;
  readonly serverPid: number;
}

async function measureRun(
  shape: BulkShape,
  dates: readonly PartitionDate[],
  { lake, worker, serverPid }: BulkPlace,
): Promise<BulkMeasured> {
  const workerMb: number[] = [];
  const sampling = setInterval(() => workerMb.push(heldMb(worker.pid)), sampleEveryMs);
  const before = { worker: useOf(worker.pid), server: useOf(serverPid) };
  const startedMs = performance.now();
  const range = { from: dates[0] ?? '', to: dates.at(-1) ?? '' };
  const handle = await startRequest(lake, {
    kind: 'backfill',
    range,
    tickers: null,
    force: false,
    clip: false,
    grain: shape.grain,
  });
  await handle.result();
  const wallSeconds = (performance.now() - startedMs) / 1000;
  clearInterval(sampling);
  const after = { worker: useOf(worker.pid), server: useOf(serverPid) };
  const { historyLength, historySize } = await handle.describe();
  const publishedMs = await publishedAtMs(lake.index);
  const cells = (await countStates(lake))['published'] ?? 0;
  if (cells !== shape.tickers * shape.days)
    throw new Error(`${cells} of ${shape.tickers * shape.days} cells were published`);
  return {
    ...shape,
    cells,
    wallSeconds,
    cellSeconds: ((publishedMs.at(-1) ?? 0) - (publishedMs[0] ?? 0)) / 1000,
    rateByThousand: ratesOf(publishedMs),
    workerCpuSeconds: after.worker.cpuSeconds - before.worker.cpuSeconds,
    serverCpuSeconds: after.server.cpuSeconds - before.server.cpuSeconds,
    workerPeakMb: after.worker.peakRssMb,
    workerMb,
    runEvents: historyLength,
    runKilobytes: (historySize ?? 0) / 1024,
  };
}

async function writeSeries(
  folder: string,
  ticker: string,
  place: number,
  dates: readonly string[],
): Promise<void> {
  const lines = dates.map((date, day) => `${date},${(100 + place + 10 * Math.sin(day / 40)).toFixed(4)}`);
  await writeFile(join(folder, `${ticker}.csv`), `day,close\n${lines.join('\n')}\n`);
}

function overlayOf(folder: string, tickers: readonly string[]): Record<string, unknown> {
  const files = tickers.map((ticker) => [
    ticker,
    { file: `${ticker}.csv`, dateColumn: 'day', columns: { close: 'close' } },
  ]);
  return {
    run: { cellsAtOnce: atOnce.cells, windowsAtOnce: atOnce.windows, patienceMinutes: 30 },
    assets: tickers.map((ticker) => ({
      ticker,
      class: 'index',
      calendar: 'file',
      sources: [{ dataset: 'csv.daily_closes', symbol: ticker }],
    })),
    sources: { csv: { folder, files: Object.fromEntries(files) as unknown } },
  };
}

/** When each cell was published by its record, ascending. */
async function publishedAtMs(index: LakeIndex): Promise<number[]> {
  const rows = await index.rows(
    "select epoch_ms(recorded_at)::double as ms from cell_records where event = 'published' order by ms",
  );
  return rows.map(({ ms }) => Number(ms));
}

function ratesOf(publishedMs: readonly number[]): number[] {
  const rates: number[] = [];
  for (let start = 0; start + 1_000 < publishedMs.length; start += 1_000) {
    const ms = (publishedMs[start + 1_000] ?? 0) - (publishedMs[start] ?? 0);
    rates.push(1_000_000 / ms);
  }
  return rates;
}

/** What a process holds now (Linux); elsewhere the most it ever held. */
function heldMb(pid: number): number {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return useOf(pid).peakRssMb;
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(file, 'utf8'))?.[1]) / 1024;
}

/** Measures both lanes, prints them side by side, and how far the bars are met. */
export async function benchBulk(): Promise<void> {
  const cell = await measureBulk({ tickers: 20, days: 60, grain: 'cell' });
  const month = await measureBulk({ tickers: 20, days: 1_825, grain: 'month' });
  const head = [
    '',
    'cells',
    'cells/s',
    'cells s',
    'run s',
    'worker CPU s',
    'server CPU s',
    'worker MB',
    'events',
  ];
  const rows = [head, rowOf('a workflow a cell', cell), rowOf('a workflow a month', month)];
  console.log(`\nBulk: made series; ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`);
  for (const line of table(rows, new Set(head.keys()))) console.log(line);
  const rate = month.cells / month.cellSeconds;
  const isMet = (met: boolean): string => (met ? 'met' : 'missed');
  console.log(
    `\ncells a second, by thousand: ${month.rateByThousand.map((one) => one.toFixed(0)).join(' ')}`,
  );
  console.log(`worker MB, every 2 s: ${month.workerMb.map((one) => one.toFixed(0)).join(' ')}`);
  console.log(
    `cells a second  ${rate.toFixed(0)}  (bar ${bars.cellsPerSecond}: ${isMet(rate >= bars.cellsPerSecond)})`,
  );
  console.log(
    `the run's history  ${month.runEvents} events, ${month.runKilobytes.toFixed(0)} KB  (bar ${bars.runEvents}: ${isMet(month.runEvents < bars.runEvents)})`,
  );
}

function rowOf(name: string, measured: BulkMeasured): string[] {
  return [
    name,
    String(measured.cells),
    (measured.cells / measured.cellSeconds).toFixed(1),
    measured.cellSeconds.toFixed(1),
    measured.wallSeconds.toFixed(1),
    measured.workerCpuSeconds.toFixed(1),
    measured.serverCpuSeconds.toFixed(1),
    measured.workerPeakMb.toFixed(0),
    String(measured.runEvents),
  ];
}
