import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus, loadavg } from 'node:os';
import type { ConnectedLake } from '../client/command/lake-client.ts';
import { table } from '../client/command/table.ts';
import { runOptions } from '../client/run/start-run.ts';
import { startSampleMarket } from '../sources/sample/server.ts';
import { actionsInHistories } from '../tests/support/actions.ts';
import { countStates } from '../tests/support/lake-view.ts';
import { startRequest } from '../tests/support/run-a-request.ts';
import { openTestLake } from '../tests/support/test-lake.ts';
import { startWorkerChild } from '../tests/support/worker-child.ts';
import { utcDateOf } from '../workflows/pure/cell.ts';
import { inLake, mainQueue } from '../workflows/pure/ids.ts';
import type { WindowTask } from '../workflows/pure/run.ts';
import { startBenchServer } from './measure.ts';
import { Openings } from './openings.ts';
import { useOf } from './process-use.ts';
import { within } from './within.ts';

const dataset = 'coingecko.markets';
const longestRunMs = 10 * 60_000;
const bar = { coins: 100, seconds: 30 };

/** How the cells of a snapshot are done. */
type Lane = 'lots' | 'cells';

/** What one day of a snapshot took. */
interface SnapshotMeasured {
  /** From the start to the end: of the whole daily run with its warehouse, or of the window alone. */
  readonly runSeconds: number | null;
  readonly windowSeconds: number;
  readonly requests: number;
  readonly actions: number;
  readonly workerCpuSeconds: number;
  readonly workerPeakMb: number;
}

/** Takes one snapshot day of made coins through a real server and a real worker; the API's own limits are left out. */
async function measureSnapshot(coins: number, lane: Lane): Promise<SnapshotMeasured> {
  const openings = new Openings();
  try {
    const server = await openings.open(startBenchServer(), (one) => one.close());
    const market = await openings.open(startSampleMarket(), (one) => one.close());
    const api = await openings.open(startMarkets(coins), (one) => one.close());
    const overlay = {
      snapshots: [{ dataset, top: coins }],
      sources: { coingecko: { plan: { requestsPerMinute: null } } },
    };
    const environment = { COINGECKO_BASE_URL: api.url };
    const test = await openings.open(
      openTestLake({ address: server.address, market, overlay, environment }),
      (one) => one.close(),
    );
    const worker = await openings.open(startWorkerChild(test.environment), (one) => one.stop());
    const before = useOf(worker.pid);
    const took = await (lane === 'lots' ? dailyRun(test.lake) : cellByCell(test.lake, coins));
    const { cpuSeconds, peakRssMb } = useOf(worker.pid);
    const published = (await countStates(test.lake))['published'];
    if (published !== coins) throw new Error(`${published} of ${coins} members were published`);
    const workerCpuSeconds = cpuSeconds - before.cpuSeconds;
    return { ...took, requests: api.requestCount(), workerCpuSeconds, workerPeakMb: peakRssMb };
  } finally {
    await openings.close();
  }
}

type Took = Pick<SnapshotMeasured, 'runSeconds' | 'windowSeconds' | 'actions'>;

/** A daily run of a day beyond every source's history: nothing but the snapshot is to do. */
async function dailyRun(lake: ConnectedLake): Promise<Took> {
  const startedMs = performance.now();
  const snapshotDate = utcDateOf(Date.now());
  const handle = await startRequest(lake, {
    kind: 'daily',
    date: '2010-01-04',
    isExplicit: false,
    snapshotDate,
  });
  await within(longestRunMs, handle.result());
  const runSeconds = (performance.now() - startedMs) / 1000;
  const { runId } = await handle.describe();
  const { total } = await actionsInHistories(lake.client, handle.workflowId, runId);
  return { runSeconds, windowSeconds: await windowSeconds(lake), actions: total };
}

/** The same window with a workflow for each cell, which it is never planned with. */
async function cellByCell(lake: ConnectedLake, coins: number): Promise<Took> {
  const date = utcDateOf(Date.now());
  const members = Array.from({ length: coins }, (_, index) => idOf(index));
  const task: WindowTask = {
    id: `window/${dataset}/all.top${coins}/${date}..${date}`,
    dataset,
    ask: { kind: 'snapshot', top: coins, date },
    assets: members.map((id) => ({ ticker: id, symbol: id })),
    dates: [date],
  };
  const options = runOptions(lake.settings, lake.isSearchable);
  const context = { lake: lake.lake.id, run: 'bench', options };
  const handle = await lake.client.workflow.start('window', {
    workflowId: inLake(lake.lake.id, task.id),
    taskQueue: mainQueue(lake.lake.id),
    args: [{ context, task, share: options.cellsAtOnce }],
  });
  const { runId } = await handle.describe();
  await within(longestRunMs, handle.result());
  const { total } = await actionsInHistories(lake.client, handle.workflowId, runId);
  return { runSeconds: null, windowSeconds: await windowSeconds(lake), actions: total };
}

/** From the start of the window's first execution to the end of its last. */
async function windowSeconds({ client }: ConnectedLake): Promise<number> {
  const times: number[] = [];
  for await (const { startTime, closeTime } of client.workflow.list({ query: 'WorkflowType = "window"' }))
    times.push(startTime.getTime(), closeTime?.getTime() ?? Date.now());
  return (Math.max(...times) - Math.min(...times)) / 1000;
}

const idOf = (index: number): string => `made-coin-${String(index + 1).padStart(4, '0')}`;

/** A small API of as many made coins, which answers pages as the real one does. */
async function startMarkets(
  coins: number,
): Promise<{ readonly url: string; readonly requestCount: () => number; close(): Promise<void> }> {
  let requestCount = 0;
  const server = createServer((request, response) => {
    requestCount += 1;
    const query = new URL(`http://x${request.url ?? '/'}`).searchParams;
    const [perPage, page] = [Number(query.get('per_page')), Number(query.get('page'))];
    const rows = Array.from({ length: coins }, (_, index) => madeCoin(index));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(rows.slice((page - 1) * perPage, page * perPage)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server has a port; only a pipe's address is a string.
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return { url: `http://127.0.0.1:${port}`, requestCount: () => requestCount, close };
}

function madeCoin(index: number): Record<string, unknown> {
  const price = 100_000 / (index + 1);
  const supply = 19_000_000;
  const amounts = { current_price: price, market_cap: price * supply, total_volume: price * 10_000 };
  const day = { high_24h: price * 1.02, low_24h: price * 0.97, price_change_percentage_24h: 0.5 };
  const supplies = { circulating_supply: supply, total_supply: 21_000_000, max_supply: 21_000_000 };
  return {
    ...{ id: idOf(index), symbol: `m${index}`, name: `Made coin ${index + 1}`, market_cap_rank: index + 1 },
    ...{ ...amounts, ...day, ...supplies, fully_diluted_valuation: price * 21_000_000 },
    ...{
      ath: price * 1.5,
      ath_date: '2025-01-20T09:11:54.494Z',
      atl: 0.1,
      atl_date: '2013-07-06T00:00:00.000Z',
    },
    last_updated: new Date().toISOString(),
  };
}

/** Measures a snapshot day of a hundred and of a thousand coins, in lots and, beside it, with a workflow for each cell. */
export async function benchSnapshots(): Promise<void> {
  const rows: string[][] = [];
  for (const coins of [100, 1_000])
    for (const lane of ['lots', 'cells'] as const) {
      const measured = await measureSnapshot(coins, lane);
      const {
        runSeconds,
        windowSeconds: seconds,
        requests,
        actions,
        workerCpuSeconds,
        workerPeakMb,
      } = measured;
      rows.push([
        ...[String(coins), lane, runSeconds?.toFixed(1) ?? '', seconds.toFixed(1), String(requests)],
        ...[String(actions), workerCpuSeconds.toFixed(1), workerPeakMb.toFixed(0)],
      ]);
      if (lane === 'lots' && coins === bar.coins) {
        const verdict = (runSeconds ?? Infinity) < bar.seconds ? 'held' : 'MISSED';
        console.log(`A day of ${coins} coins under ${bar.seconds} s: ${verdict}`);
      }
    }
  const head = [
    'coins',
    'lane',
    'run s',
    'window s',
    'requests',
    'actions',
    'worker cpu s',
    'worker peak MB',
  ];
  for (const line of table([head, ...rows], new Set([0, 2, 3, 4, 5, 6, 7]))) console.log(line);
  console.log(`${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}; made coins, no limit of the API's`);
}
