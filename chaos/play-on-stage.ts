import { setTimeout as pause } from 'node:timers/promises';
import { watchBronze } from '../tests/support/bronze-reader.ts';
import { endStateComplaints, type Undisturbed } from './end-state.ts';
import { spoil } from './faulty-market.ts';
import type { Random } from './random.ts';
import { openStage, type Stage, type StageSetup } from './stage.ts';
import { watchWarehouse } from './warehouse-reader.ts';

/** What was seen of a disturbed backfill. */
export interface Played<Told> {
  /** What the disturber tells. */
  readonly told: Told;
  readonly requests: number;
  readonly faults: number;
  readonly bronzeLaps: number;
  readonly warehouseLaps: number;
  readonly complaints: readonly string[];
}

const lookEveryMs = 50;
/** A backfill that ended without all its cells is given again, as a person would. */
const mostBackfills = 12;

/**
 * Disturbs one backfill in a lake of its own, lets it and the next start come to their ends, and holds what they leave
 * against an undisturbed run. Readers loop over bronze and the warehouse all the while.
 */
export async function playOnStage<Told>(
  setup: StageSetup,
  undisturbed: Undisturbed,
  disturb: (stage: Stage) => Promise<Told>,
  spoiled?: { readonly share: number; readonly random: Random },
): Promise<Played<Told>> {
  const stage = await openStage(setup);
  try {
    const { lake } = stage.opened;
    const spoiling = spoiled && spoil(stage.market, spoiled.share, spoiled.random);
    const [bronze, warehouse] = [watchBronze(lake.store), watchWarehouse(lake)];
    const told = await disturb(stage);
    const complaints = await lastExit(stage);
    await stage.nextStart();
    stage.restartClient();
    complaints.push(...(await lastExit(stage)));
    const faults = (await spoiling?.stop()) ?? 0;
    const [seen, warehouseSeen] = await Promise.all([bronze.stop(), warehouse.stop()]);
    const endComplaints = await endStateComplaints(stage, undisturbed);
    return {
      told,
      faults,
      requests: stage.market.requests.length,
      bronzeLaps: seen.laps,
      warehouseLaps: warehouseSeen.laps,
      complaints: [...complaints, ...seen.complaints, ...warehouseSeen.complaints, ...endComplaints],
    };
  } finally {
    await stage.close();
  }
}

/** Waits until so many cells are published; answers false where the run was over before. */
export async function untilPublished(stage: Stage, cells: number): Promise<boolean> {
  while ((await publishedCount(stage)) < cells) {
    if (isSettled(stage)) return false;
    // A command whose server died says so and ends; a person gives it again.
    if (stage.client().exitCode() !== undefined) stage.restartClient();
    await pause(lookEveryMs);
  }
  return true;
}

/** Measures the seconds until the next cell is published; undefined where the run is over without one. */
export async function secondsToNextCell(stage: Stage): Promise<number | undefined> {
  const startedMs = performance.now();
  const isThere = await untilPublished(stage, (await publishedCount(stage)) + 1);
  return isThere ? (performance.now() - startedMs) / 1000 : undefined;
}

/** True where the backfill that is followed has ended with every cell settled. */
export function isSettled(stage: Stage): boolean {
  return stage.client().exitCode() === 0;
}

/** How many cells are published. */
export async function publishedCount({ opened }: Stage): Promise<number> {
  return (await opened.lake.store.list('bronze')).length;
}

/** Waits until a backfill ends with every cell settled, giving it again where one ends otherwise. */
async function lastExit(stage: Stage): Promise<string[]> {
  for (let given = 1; ; given += 1) {
    const code = await stage.client().ended;
    if (code === 0) return [];
    if (given === mostBackfills)
      return [`${given} backfills ended with ${code}; the last said: ${stage.client().output()}`];
    stage.restartClient();
  }
}
