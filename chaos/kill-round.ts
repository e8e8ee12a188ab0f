import { setTimeout as pause } from 'node:timers/promises';
import { watchBronze } from '../tests/support/bronze-reader.ts';
import { endStateComplaints, type Undisturbed } from './end-state.ts';
import { spoil } from './faulty-market.ts';
import { seededRandom, type Random } from './random.ts';
import { openStage, type Stage, type Victim } from './stage.ts';
import { watchWarehouse } from './warehouse-reader.ts';

/** What a round is made of; the same seed and number draw the same kills, delays and faults. */
export interface RoundPlan {
  readonly seed: number;
  readonly round: number;
  /** The flags of the backfill that is disturbed. */
  readonly backfill: readonly string[];
  /** The share of the market's answers that are spoiled. */
  readonly faultShare: number;
}

/** How a round went. */
export interface RoundEnd {
  readonly kills: readonly string[];
  /** Kills that came after the run had ended, and so tried nothing. */
  readonly idleKills: number;
  readonly requests: number;
  readonly faults: number;
  readonly bronzeLaps: number;
  readonly warehouseLaps: number;
  /** From the start of each new worker to the next cell that is published, where no other kill came between. */
  readonly recoverySeconds: readonly number[];
  readonly complaints: readonly string[];
}

/** Long enough for a kill at the last cell to meet the warehouse that is built after it. */
const longestDelaySeconds = 2;
const longestDownSeconds = 1;
const lookEveryMs = 50;
/** A backfill that ended without all its cells is given again, as a person would. */
const mostBackfills = 12;

/** Disturbs one backfill in a lake of its own and checks what it leaves. */
export async function playRound(plan: RoundPlan, undisturbed: Undisturbed): Promise<RoundEnd> {
  const random = seededRandom(plan.seed, plan.round * 2);
  const stage = await openStage(plan.backfill);
  try {
    const { lake } = stage.opened;
    const spoiling = spoil(stage.market, plan.faultShare, seededRandom(plan.seed, plan.round * 2 + 1));
    const [bronze, warehouse] = [watchBronze(lake.store), watchWarehouse(lake)];
    const killed = await killAll(stage, random, undisturbed.published);
    const complaints = await lastExit(stage);
    await stage.nextStart();
    stage.restartClient();
    complaints.push(...(await lastExit(stage)));
    const [faults, seen, warehouseSeen] = await Promise.all([
      spoiling.stop(),
      bronze.stop(),
      warehouse.stop(),
    ]);
    const endComplaints = await endStateComplaints(stage, undisturbed);
    return {
      ...killed,
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

/** Kills each of the four once, in a drawn order, when drawn shares of all cells are published and a moment more. */
async function killAll(
  stage: Stage,
  random: Random,
  cellsInAll: number,
): Promise<Pick<RoundEnd, 'kills' | 'idleKills' | 'recoverySeconds'>> {
  const victims = random.shuffled<Victim>(['worker', 'server', 'client', 'all three']);
  const shares = victims.map(() => random.next()).sort((left, right) => left - right);
  const kills: string[] = [];
  const recoverySeconds: number[] = [];
  let idleKills = 0;
  for (const [index, victim] of victims.entries()) {
    const isUnderWay = await untilPublished(stage, (shares[index] ?? 0) * cellsInAll);
    await pause(random.between(0, longestDelaySeconds) * 1000);
    if (!isUnderWay || isSettled(stage)) idleKills += 1;
    await stage.kill(victim);
    const published = await publishedCount(stage);
    kills.push(`${victim} at ${published} cells`);
    await pause(random.between(0, longestDownSeconds) * 1000);
    const startedMs = performance.now();
    await stage.startAgain(victim);
    // Alone among the four it has a server and a run to come back to at once.
    if (victim === 'worker' && (await untilPublished(stage, published + 1)))
      recoverySeconds.push((performance.now() - startedMs) / 1000);
  }
  return { kills, idleKills, recoverySeconds };
}

/** Waits until so many cells are published; answers false where the run was over before. */
async function untilPublished(stage: Stage, cells: number): Promise<boolean> {
  while ((await publishedCount(stage)) < cells) {
    if (isSettled(stage)) return false;
    // A command whose server died says so and ends; a person gives it again.
    if (stage.client().exitCode() !== undefined) stage.restartClient();
    await pause(lookEveryMs);
  }
  return true;
}

/** True where the backfill that is followed has ended with every cell settled. */
function isSettled(stage: Stage): boolean {
  return stage.client().exitCode() === 0;
}

async function publishedCount({ opened }: Stage): Promise<number> {
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
