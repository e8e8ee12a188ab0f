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

const longestWaitSeconds = 6;
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
    const killed = await killAll(stage, random);
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

/** A worker that was started in place of a killed one, and how many cells were published then. */
interface StartedWorker {
  readonly atMs: number;
  readonly published: number;
}

/** Kills each of the four once, in a drawn order, at drawn moments. */
async function killAll(
  stage: Stage,
  random: Random,
): Promise<Pick<RoundEnd, 'kills' | 'idleKills' | 'recoverySeconds'>> {
  const victims = random.shuffled<Victim>(['worker', 'server', 'client', 'all three']);
  const kills: string[] = [];
  const recoverySeconds: number[] = [];
  let idleKills = 0;
  let started: StartedWorker | undefined;
  for (const victim of victims) {
    const recovered = await waitOrRecover(stage, random.between(0.2, longestWaitSeconds), started);
    if (recovered !== undefined) recoverySeconds.push(recovered);
    if (stage.client().hasEnded()) idleKills += 1;
    await stage.kill(victim);
    const published = await publishedCount(stage);
    await pause(random.between(0, longestDownSeconds) * 1000);
    started = victim === 'worker' ? { atMs: performance.now(), published } : undefined;
    await stage.startAgain(victim);
    kills.push(`${victim} at ${published} cells`);
  }
  return { kills, idleKills, recoverySeconds };
}

/** Waits as long as was drawn; a worker that was just started is given until its next cell, however long that takes. */
async function waitOrRecover(
  stage: Stage,
  waitSeconds: number,
  started: StartedWorker | undefined,
): Promise<number | undefined> {
  const fromMs = performance.now();
  if (started !== undefined) {
    while ((await publishedCount(stage)) <= started.published && !stage.client().hasEnded())
      await pause(lookEveryMs);
    if (!stage.client().hasEnded()) return (performance.now() - started.atMs) / 1000;
  }
  await pause(Math.max(0, waitSeconds * 1000 - (performance.now() - fromMs)));
  return undefined;
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
