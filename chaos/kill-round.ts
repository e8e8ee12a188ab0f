import { setTimeout as pause } from 'node:timers/promises';
import type { Undisturbed } from './end-state.ts';
import { isSettled, playOnStage, publishedCount, untilPublished } from './play-on-stage.ts';
import { seededRandom, type Random } from './random.ts';
import type { Stage, Victim } from './stage.ts';

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

/** Disturbs one backfill in a lake of its own by kills, over a market that spoils some answers. */
export async function playRound(plan: RoundPlan, undisturbed: Undisturbed): Promise<RoundEnd> {
  const random = seededRandom(plan.seed, plan.round * 2);
  const spoiling = { share: plan.faultShare, random: seededRandom(plan.seed, plan.round * 2 + 1) };
  const { told, ...seen } = await playOnStage(
    { backfill: plan.backfill },
    undisturbed,
    (stage) => killAll(stage, random, undisturbed.published),
    spoiling,
  );
  return { ...told, ...seen };
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
