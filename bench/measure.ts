import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startSampleMarket } from '../sources/sample/server.ts';
import { countStates } from '../tests/support/lake-view.ts';
import { backfillOf, startRequest } from '../tests/support/run-a-request.ts';
import { openTestLake } from '../tests/support/test-lake.ts';
import { startTestServer, type TestServer } from '../tests/support/test-server.ts';
import { startWorkerChild } from '../tests/support/worker-child.ts';
import { workerTuning } from '../worker/worker-command.ts';
import { useOf } from './process-use.ts';
import { atOnce, cellCount, coins, days } from './shape.ts';

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

/** Measures a backfill of every cell through the full path, on a fresh server and a fresh lake; `watch` switches telemetry on. */
export async function measurePath(
  watch: {
    readonly overlay?: Record<string, unknown>;
    readonly environment?: Readonly<Record<string, string>>;
  } = {},
): Promise<Measured> {
  const server = await startTestServer();
  const market = await startSampleMarket();
  const assets = coins.map((symbol) => ({
    ticker: symbol,
    class: 'crypto',
    calendar: 'every-day',
    currency: 'USD',
    sources: [{ dataset: 'coingecko.market_chart', symbol }],
  }));
  const run = { cellsAtOnce: atOnce.cells, windowsAtOnce: atOnce.windows, patienceMinutes: 30 };
  const opened = await openTestLake({
    address: server.address,
    market,
    overlay: { assets, run, ...watch.overlay },
  });
  const worker = await startWorkerChild({ ...opened.environment, ...watch.environment });
  const measured = await timed(server, worker.pid, () => startRequest(opened.lake, backfillOf({ days })));
  const published = (await countStates(opened.lake))['published'];
  if (published !== cellCount) throw new Error(`${published} of ${cellCount} cells were published`);
  const requests = market.requests.length;
  await worker.stop();
  await opened.close();
  await market.close();
  await server.close();
  return { ...measured, requests };
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
  const measured = await timed(server, worker.pid, () =>
    client.workflow.start('floorRun', { workflowId: 'floor', taskQueue: 'floor', args: [input] }),
  );
  await worker.stop();
  await connection.close();
  await server.close();
  return { ...measured, requests: 0 };
}

async function timed(
  server: TestServer,
  workerPid: number,
  start: () => Promise<WorkflowHandle>,
): Promise<Omit<Measured, 'requests'>> {
  const before = { worker: useOf(workerPid), server: useOf(server.pid) };
  const startedMs = performance.now();
  const handle = await start();
  await handle.result();
  const wallSeconds = (performance.now() - startedMs) / 1000;
  const after = { worker: useOf(workerPid), server: useOf(server.pid) };
  return {
    wallSeconds,
    cellSeconds: await cellSecondsOf(handle),
    workerCpuSeconds: after.worker.cpuSeconds - before.worker.cpuSeconds,
    serverCpuSeconds: after.server.cpuSeconds - before.server.cpuSeconds,
    workerPeakMb: after.worker.peakRssMb,
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
