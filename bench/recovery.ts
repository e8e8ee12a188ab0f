import { setTimeout as pause } from 'node:timers/promises';
import { cpus, loadavg } from 'node:os';
import { seededRandom } from '../chaos/random.ts';
import { openStage, type Stage } from '../chaos/stage.ts';
import { backfillFlags } from '../chaos/undisturbed.ts';
import { table } from '../client/command/table.ts';

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
  const stage = await openStage({ backfill: backfillFlags({ days, grain }) });
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
  const seed = 7;
  const lanes = ['cell', 'month'] as const;
  const rows: string[][] = [];
  for (const grain of lanes) {
    const recoveries = await measureRecoveries(5 * rounds, seed, grain);
    const row = (of: keyof Recovery): string[] => {
      const sorted = recoveries.map((each) => each[of]).sort((left, right) => left - right);
      return [sorted[Math.floor((sorted.length - 1) / 2)], sorted.at(-1)].map((value) =>
        (value ?? 0).toFixed(1),
      );
    };
    rows.push([grain, ...row('readySeconds'), ...row('cellSeconds')]);
  }
  console.log(
    `\n${5 * rounds} kills of a worker in each lane, seed ${seed}; ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`,
  );
  const head = ['by the', 'ready s: median', 'slowest', 'next cell s: median', 'slowest'];
  for (const line of table([head, ...rows], new Set([1, 2, 3, 4]))) console.log(line);
  const isMet = rows.every((row) => Number(row[3]) < recoveryBarSeconds);
  console.log(`\nmedians of the next cell below ${recoveryBarSeconds} s: ${isMet ? 'met' : 'missed'}`);
}
