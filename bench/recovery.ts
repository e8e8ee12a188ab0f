import { setTimeout as pause } from 'node:timers/promises';
import { cpus, loadavg } from 'node:os';
import { seededRandom } from '../chaos/random.ts';
import { openStage, type Stage } from '../chaos/stage.ts';
import { table } from '../client/command/table.ts';
import { addDays, utcDateOf } from '../workflows/pure/cell.ts';

/** What came of one killed worker. */
export interface Recovery {
  /** How many cells were published when it died. */
  readonly published: number;
  /** From the start of the next worker's process until it took work. */
  readonly readySeconds: number;
  /** From the same start to the next published cell. */
  readonly cellSeconds: number;
}

/** The bar: from the start of the new worker to the next published cell. */
export const recoveryBarSeconds = 6;

const days = 120;
const daysAgo = 5;
const lookEveryMs = 25;
const longestWorkSeconds = 1.5;

/**
 * Kills the worker of one backfill again and again, at drawn moments while it has cells in hand, starts another at
 * once, and measures how long it takes until the next cell is published.
 */
export async function measureRecoveries(
  kills: number,
  seed: number,
  grain: 'cell' | 'month' = 'cell',
): Promise<Recovery[]> {
  const random = seededRandom(seed, 0);
  const to = addDays(utcDateOf(Date.now()), -daysAgo);
  const stage = await openStage(['--from', addDays(to, 1 - days), '--to', to, '--grain', grain]);
  try {
    const recoveries: Recovery[] = [];
    while (recoveries.length < kills) {
      await untilPublished(stage, (await publishedCount(stage)) + 1);
      await pause(random.between(0, longestWorkSeconds) * 1000);
      recoveries.push(await killAndMeasure(stage));
    }
    return recoveries;
  } finally {
    await stage.close();
  }
}

async function killAndMeasure(stage: Stage): Promise<Recovery> {
  await stage.kill('worker');
  const published = await publishedCount(stage);
  const startedMs = performance.now();
  const sinceStart = (): number => (performance.now() - startedMs) / 1000;
  const next = untilPublished(stage, published + 1).then(sinceStart);
  await stage.startAgain('worker');
  const readySeconds = sinceStart();
  return { published, readySeconds, cellSeconds: await next };
}

async function untilPublished(stage: Stage, cells: number): Promise<void> {
  while ((await publishedCount(stage)) < cells) {
    const code = stage.client().exitCode();
    if (code !== undefined) throw new Error(`The backfill ended with ${code} before it could be disturbed`);
    await pause(lookEveryMs);
  }
}

async function publishedCount({ opened }: Stage): Promise<number> {
  return (await opened.lake.store.list('bronze')).length;
}

/** Measures and prints recoveries of both lanes beside the bar; it says what it found and does not judge. */
export async function benchRecovery(rounds: number): Promise<void> {
  const kills = 5 * rounds;
  const seed = 7;
  const recoveries = await measureRecoveries(kills, seed);
  console.log(
    `\n${kills} kills of a worker, seed ${seed}; ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`,
  );
  const head = ['cells published', 'worker ready s', 'next cell s'];
  const rows = recoveries.map(({ published, readySeconds, cellSeconds }) => [
    String(published),
    readySeconds.toFixed(1),
    cellSeconds.toFixed(1),
  ]);
  for (const line of table([head, ...rows], new Set(head.keys()))) console.log(line);
  const median = (of: keyof Recovery): number =>
    recoveries.map((each) => each[of]).sort((left, right) => left - right)[Math.floor((kills - 1) / 2)] ?? 0;
  const met = median('cellSeconds') < recoveryBarSeconds ? 'met' : 'missed';
  console.log(
    `\nmedian: ready ${median('readySeconds').toFixed(1)} s, next cell ${median('cellSeconds').toFixed(1)} s  (bar ${recoveryBarSeconds}: ${met})`,
  );
}
