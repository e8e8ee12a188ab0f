import { cpus, loadavg } from 'node:os';
import { spoil } from '../chaos/faulty-market.ts';
import { seededRandom } from '../chaos/random.ts';
import { table } from '../client/command/table.ts';
import { startSampleMarket } from '../sources/sample/server.ts';
import { backfillOf, startRequest } from '../tests/support/run-a-request.ts';
import { openTestLake } from '../tests/support/test-lake.ts';
import { countStates } from '../tests/support/lake-view.ts';
import { startWorkerChild } from '../tests/support/worker-child.ts';
import { startBenchServer } from './measure.ts';
import { within } from './within.ts';

/** How many bars a page holds: a year of a stock then takes 25 requests, which is enough to count. */
const pageSize = 10;
const days = 360;
const share = 0.2;
const longestRunMs = 20 * 60_000;

interface Spent {
  readonly requests: number;
  readonly spoiled: number;
  readonly published: number;
  readonly seconds: number;
}

/** Counts the requests of one backfill against a market that spoils so many of its answers. */
async function measureRequests(faultShare: number, seed: number): Promise<Spent> {
  const server = await startBenchServer();
  const market = await startSampleMarket({ pageSize });
  const opened = await openTestLake({
    address: server.address,
    market,
    overlay: { run: { patienceMinutes: 30 } },
  });
  const worker = await startWorkerChild(opened.environment);
  try {
    const spoiling = spoil(market, faultShare, seededRandom(seed, 1));
    const startedMs = performance.now();
    const handle = await startRequest(opened.lake, backfillOf({ days }, { grain: 'month' }));
    await within(longestRunMs, handle.result());
    const seconds = (performance.now() - startedMs) / 1000;
    const spoiled = await spoiling.stop();
    const published = (await countStates(opened.lake))['published'] ?? 0;
    return { requests: market.requests.length, spoiled, published, seconds };
  } finally {
    await worker.stop();
    await opened.close();
    await market.close();
    await server.close();
  }
}

/** Measures what a fifth of spoiled answers costs in requests, beside the requests that the same backfill needs. */
export async function benchRequests(rounds: number): Promise<void> {
  const needed = await measureRequests(0, 0);
  const head = ['', 'requests', 'ordered faults', 'spent / needed', 'cells', 'run s'];
  const rowOf = (name: string, { requests, spoiled, published, seconds }: Spent): string[] => [
    name,
    String(requests),
    String(spoiled),
    (requests / needed.requests).toFixed(2),
    String(published),
    seconds.toFixed(1),
  ];
  const rows = [head, rowOf('needed', needed)];
  for (let seed = 1; seed <= rounds; seed += 1)
    rows.push(rowOf(`${share * 100} % spoiled, seed ${seed}`, await measureRequests(share, seed)));
  console.log(
    `\n${days} days of the seven assets of marketlake.yaml; ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`,
  );
  for (const line of table(rows, new Set(head.keys()))) console.log(line);
}
