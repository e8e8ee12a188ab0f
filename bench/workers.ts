import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { table } from '../client/command/table.ts';
import { measurePath, type BenchServer, type Measured } from './measure.ts';
import { median } from './median.ts';
import { startPostgresServer } from './postgres-server.ts';
import { coins } from './shape.ts';

interface Way {
  readonly name: string;
  readonly workers: number;
  readonly startServer?: () => Promise<BenchServer>;
  readonly runs: Measured[];
}

/** Measures the full path with one, two and four worker processes on one lake and one development server. */
export async function benchWorkers(rounds: number, days: number): Promise<void> {
  await benchWays(
    rounds,
    days,
    [1, 2, 4].map((workers) => ({ name: `${workers} on the development server`, workers, runs: [] })),
  );
}

/** Measures the full path on the development server and on Temporal's server with PostgreSQL, with one and two workers. */
export async function benchPostgres(rounds: number, days: number, keep?: string): Promise<void> {
  const built = join(keep ?? tmpdir(), 'bench-temporal-server');
  const onPostgres = { startServer: () => startPostgresServer(built) };
  await benchWays(
    rounds,
    days,
    [1, 2].flatMap((workers) => [
      { name: `${workers} on the development server`, workers, runs: [] },
      { name: `${workers} on PostgreSQL`, workers, runs: [], ...onPostgres },
    ]),
  );
}

/** Measures each way once a round, in turn; one that fails is said so and holds up no other. */
async function benchWays(rounds: number, days: number, ways: readonly Way[]): Promise<void> {
  const cellCount = coins.length * days;
  for (let round = 1; round <= rounds; round += 1)
    for (const { name, workers, startServer, runs } of ways) {
      try {
        const measured = await measurePath({ workers, days, ...(startServer ? { startServer } : {}) });
        runs.push(measured);
        console.log(
          `round ${round}, workers ${name}: ${(cellCount / measured.wallSeconds).toFixed(1)} cells/s`,
        );
      } catch (error) {
        console.log(`round ${round}, workers ${name} failed: ${String(error)}`);
      }
    }
  const head = ['workers', 'cells/s', 'run s', 'worker CPU s', 'server CPU s', 'workers MB', 'rounds'];
  const rows = ways.map(({ name, runs }) => {
    const of = (key: keyof Measured): number => median(runs.map((one) => one[key]));
    return [
      name,
      (cellCount / of('wallSeconds')).toFixed(1),
      of('wallSeconds').toFixed(1),
      of('workerCpuSeconds').toFixed(1),
      of('serverCpuSeconds').toFixed(1),
      of('workerPeakMb').toFixed(0),
      String(runs.length),
    ];
  });
  console.log(`\n${cellCount} cells; ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`);
  for (const line of table([head, ...rows], new Set(head.keys()))) console.log(line);
}
