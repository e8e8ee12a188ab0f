import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startSampleMarket } from '../sources/sample/server.ts';
import { countStates } from '../tests/support/lake-view.ts';
import { backfillOf, startRequest } from '../tests/support/run-a-request.ts';
import { openTestLake } from '../tests/support/test-lake.ts';
import { startTestServer } from '../tests/support/test-server.ts';
import { startWorkerChild, type WorkerChild } from '../tests/support/worker-child.ts';
import { workerTuning } from '../worker/worker-command.ts';
import { onExit } from './on-exit.ts';
import { Openings } from './openings.ts';
import { useOfAll } from './process-use.ts';
import { within } from './within.ts';
import { atOnce, coins, days } from './shape.ts';

/** What one run of either side took. */
export interface Measured {
  /** From the start of the run to its end, plan and model included. */
  readonly wallSeconds: number;
  /** From the first window's start to the last one's end. */
  readonly cellSeconds: number;
  readonly workerCpuSeconds: number;
  readonly serverCpuSeconds: number;
  readonly workerPeakMb: number;
  readonly requests: number;
}

/** How a measured backfill differs from the plain one. */
export interface PathOptions {
  readonly overlay?: Record<string, unknown>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly grain?: 'cell' | 'month';
  /** Of each coin. */
  readonly days?: number;
  /** Worker processes on the one lake. */
  readonly workers?: number;
  /** Starts the server that it runs on; left out, the development server. */
  readonly startServer?: () => Promise<BenchServer>;
}

/** A Temporal server of one measurement. */
export interface BenchServer {
  readonly address: string;
  /** Every process that is the server, its database among them. */
  readonly pids: () => readonly number[];
  close(): Promise<void>;
}

/** A run that takes longer than this hangs. */
const longestRunMs = 20 * 60_000;

/** Measures a backfill of every cell through the full path, on a fresh server and a fresh lake. */
export async function measurePath(options: PathOptions = {}): Promise<Measured> {
  const openings = new Openings();
  try {
    const server = await openings.open((options.startServer ?? startBenchServer)(), (one) => one.close());
    const market = await openings.open(startSampleMarket(), (one) => one.close());
    const test = await openings.open(
      openTestLake({ address: server.address, market, overlay: overlayOf(options) }),
      (one) => one.close(),
    );
    const environment = { ...test.environment, ...options.environment };
    const workers: WorkerChild[] = [];
    for (let count = 0; count < (options.workers ?? 1); count += 1)
      workers.push(await openings.open(startWorkerChild(environment), (one) => one.stop()));
    const request = backfillOf({ days: options.days ?? days }, options.grain ? { grain: options.grain } : {});
    const measured = await timed(
      server.pids(),
      workers.map((worker) => worker.pid),
      () => startRequest(test.lake, request),
    );
    const wanted = coins.length * (options.days ?? days);
    const published = (await countStates(test.lake))['published'];
    if (published !== wanted) throw new Error(`${published} of ${wanted} cells were published`);
    return { ...measured, requests: market.requests.length };
  } finally {
    await openings.close();
  }
}

/** Lays the coins of the bench over marketlake.yaml. */
export function overlayOf(options: Pick<PathOptions, 'overlay'> = {}): Record<string, unknown> {
  const assets = coins.map((symbol) => ({
    ticker: symbol,
    class: 'crypto',
    calendar: 'every-day',
    currency: 'USD',
    sources: [{ dataset: 'coingecko.market_chart', symbol }],
  }));
  const run = { cellsAtOnce: atOnce.cells, windowsAtOnce: atOnce.windows, patienceMinutes: 30 };
  return { assets, run, ...options.overlay };
}

/** Starts the development server; it ends with the bench, however that ends. */
export async function startBenchServer(): Promise<BenchServer> {
  const server = await startTestServer();
  const callOff = onExit(() => process.kill(server.pid, 'SIGKILL'));
  const close = async (): Promise<void> => {
    callOff();
    await server.close();
  };
  return { address: server.address, pids: () => [server.pid], close };
}

/** Measures as many workflows that do nothing, on a fresh server; with our search attributes, or bare. */
export async function measureFloor(isSearchable: boolean): Promise<Measured> {
  const server = await startTestServer();
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection });
  const worker = await startFloorWorker(server.address);
  const input = {
    windows: coins.length,
    cells: days,
    windowsAtOnce: atOnce.windows,
    cellsAtOnce: atOnce.cells,
    sourceQueue: 'floor-source',
    isSearchable,
  };
  const measured = await timed([server.pid], [worker.pid], () =>
    client.workflow.start('floorRun', { workflowId: 'floor', taskQueue: 'floor', args: [input] }),
  );
  await worker.stop();
  await connection.close();
  await server.close();
  return { ...measured, requests: 0 };
}

async function timed(
  serverPids: readonly number[],
  workerPids: readonly number[],
  start: () => Promise<WorkflowHandle>,
): Promise<Omit<Measured, 'requests'>> {
  const before = { workers: useOfAll(workerPids), servers: useOfAll(serverPids) };
  const startedMs = performance.now();
  const handle = await start();
  await within(longestRunMs, handle.result());
  const wallSeconds = (performance.now() - startedMs) / 1000;
  const after = { workers: useOfAll(workerPids), servers: useOfAll(serverPids) };
  return {
    wallSeconds,
    cellSeconds: await cellSecondsOf(handle),
    workerCpuSeconds: after.workers.cpuSeconds - before.workers.cpuSeconds,
    serverCpuSeconds: after.servers.cpuSeconds - before.servers.cpuSeconds,
    workerPeakMb: after.workers.peakRssMb,
  };
}

/** The stretch between the first child's start and the last one's end, as the history has it. */
async function cellSecondsOf(handle: WorkflowHandle): Promise<number> {
  const { events } = await handle.fetchHistory();
  const atMs = (events ?? [])
    .filter(
      (event) =>
        event.startChildWorkflowExecutionInitiatedEventAttributes ??
        event.childWorkflowExecutionCompletedEventAttributes,
    )
    .map(({ eventTime }) => Number(eventTime?.seconds ?? 0) * 1000 + (eventTime?.nanos ?? 0) / 1e6);
  return (Math.max(...atMs) - Math.min(...atMs)) / 1000;
}

async function startFloorWorker(address: string): Promise<{ pid: number; stop(): Promise<void> }> {
  const script = fileURLToPath(new URL('./floor-worker.ts', import.meta.url));
  const flags = [...workerTuning.args, '--import', import.meta.resolve('tsx')];
  const child = spawn(process.execPath, [...flags, script, address, 'floor', 'floor-source'], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...workerTuning.env },
  });
  const ended = once(child, 'exit');
  const [first] = (await Promise.race([once(child, 'message'), ended])) as unknown[];
  if (first !== 'ready') throw new Error('The floor’s worker did not come up');
  return {
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
