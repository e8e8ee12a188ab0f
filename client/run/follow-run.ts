import type { WorkflowHandle } from '@temporalio/client';
import { setTimeout as pause } from 'node:timers/promises';
import { inLake, mainQueue } from '../../workflows/pure/ids.ts';
import {
  addTallies,
  emptyTally,
  settledCount,
  type PlanSummary,
  type RunProgress,
  type RunRequest,
  type Tally,
} from '../../workflows/pure/run.ts';
import { NobodyAnswers } from '../command/exit-code.ts';
import type { ConnectedLake } from '../command/lake-client.ts';
import type { Output } from '../command/output.ts';
import { freeBytes } from '../plan/dry-run.ts';
import { defaultPace } from '../plan/pace.ts';
import { planLines } from './plan-lines.ts';
import { progressLine } from './progress-line.ts';
import type { RunHandle } from './start-run.ts';

const answerWithinMs = 5_000;
const lookEveryMs = 500;
const plainLineEveryMs = 5_000;

/** How a followed run ended. */
export interface RunEnd {
  readonly outcome: 'completed' | 'incomplete' | 'failed' | 'cancelled';
  /** An error's code and sentence, where it did not complete. */
  readonly code?: string;
  readonly reason?: string;
  /** What it set out to do, where it got as far as a plan. */
  readonly plan?: PlanSummary;
  /** What was added to it on its way, as requests of their own. */
  readonly added?: readonly RunRequest[];
  /** How many cells it left out because a person dropped them. */
  readonly dropped?: number;
}

/**
 * Follows a run to its end: its plan first, then how many cells are done.
 * @throws NobodyAnswers where no worker answers within five seconds; the run waits for one.
 */
export async function followRun(
  lake: ConnectedLake,
  handle: RunHandle,
  output: Output,
  pace = defaultPace,
): Promise<RunEnd> {
  const ended = endOf(handle);
  await firstAnswer(lake, handle, ended);
  let counted = { doneBefore: 0, fromMs: 0 };
  let shown: PlanSummary | undefined;
  let lineAtMs = 0;
  let lastLine = '';
  let actsSaid = 0;
  const lastTallies = new Map<string, Tally>();
  for (;;) {
    const end = await Promise.race([ended, pause(lookEveryMs)]);
    const progress = await progressOf(lake, handle, lastTallies);
    if (progress?.summary && !shown) {
      shown = progress.summary;
      const free = await freeBytes(lake.settings.lakeFolder);
      for (const line of planLines(shown, lake.settings, free, pace)) output.say(line);
    }
    actsSaid = sayActs(progress, actsSaid, output);
    // What was added has its place in the counts from then on.
    if (progress?.summary) shown = progress.summary;
    if (end) return endWith(end, shown, progress);
    if (progress && (counted.fromMs === 0 || progress.steering.paused))
      counted = { doneBefore: settledCount(progress.tally), fromMs: Date.now() };
    if (progress && shown && (output.isInPlace || Date.now() - lineAtMs >= plainLineEveryMs)) {
      lineAtMs = Date.now();
      const since = { doneBefore: counted.doneBefore, elapsedMs: Date.now() - counted.fromMs };
      const line = progressLine(shown, progress, since);
      // Where lines stay, a run that stands still is told of once.
      if (output.isInPlace || line !== lastLine) output.progress(line);
      lastLine = line;
    }
  }
}

/** Says how the run was steered since it was last looked at; answers the number of the newest act. */
function sayActs(progress: RunProgress | undefined, saidBefore: number, output: Output): number {
  const acts = progress?.steering.acts ?? [];
  for (const { number, at, words } of acts)
    if (number > saidBefore) output.say(`${at.slice(0, 19)}Z ${words}`);
  return acts.at(-1)?.number ?? saidBefore;
}

function endWith(end: RunEnd, plan: PlanSummary | undefined, progress: RunProgress | undefined): RunEnd {
  const added = progress?.steering.added ?? [];
  const dropped = progress?.tally.dropped ?? 0;
  return {
    ...end,
    ...(plan ? { plan } : {}),
    ...(added.length > 0 ? { added } : {}),
    ...(dropped > 0 ? { dropped } : {}),
  };
}

/**
 * Waits until a worker has shown that it lives, by answering what every workflow can be asked.
 * @throws NobodyAnswers where none does within five seconds.
 */
export async function firstAnswer(
  lake: ConnectedLake,
  handle: Pick<WorkflowHandle, 'query'>,
  ended: Promise<unknown>,
): Promise<void> {
  const queue = mainQueue(lake.lake.id);
  const answered = query(handle);
  const nobody = pause(answerWithinMs).then(() => {
    throw new NobodyAnswers(
      `No worker answers on task queue ${queue} within five seconds. The run waits for one: start it with npm start, or npx tsx worker/main.ts.`,
    );
  });
  await Promise.race([answered, ended, nobody]);
}

async function query(handle: Pick<WorkflowHandle, 'query'>): Promise<void> {
  for (;;) {
    const isAnswered = await handle.query('__temporal_workflow_metadata').then(
      () => true,
      () => false,
    );
    if (isAnswered) return;
    await pause(lookEveryMs / 2);
  }
}

/** The run's progress with that of its open windows; undefined while nobody can say. */
async function progressOf(
  lake: ConnectedLake,
  handle: RunHandle,
  lastTallies: Map<string, Tally>,
): Promise<RunProgress | undefined> {
  try {
    const progress = await handle.query<RunProgress>('progress');
    const tallies = await Promise.all(progress.openWindows.map((id) => windowTally(lake, id, lastTallies)));
    return { ...progress, tally: tallies.reduce(addTallies, progress.tally) };
  } catch {
    // Between two workers nobody answers; the run's end is told by its result, not by this.
    return undefined;
  }
}

/** A window's own count; a window that cannot answer just now stands where it last stood. */
async function windowTally(lake: ConnectedLake, id: string, lastTallies: Map<string, Tally>): Promise<Tally> {
  const handle = lake.client.workflow.getHandle(inLake(lake.lake.id, id));
  const tally = await handle.query<Tally>('windowProgress').catch(() => lastTallies.get(id) ?? emptyTally);
  lastTallies.set(id, tally);
  return tally;
}

/** Waits for the end of a run or a cell and says how it came. */
export async function endOf(handle: Pick<WorkflowHandle, 'result'>): Promise<RunEnd> {
  try {
    await handle.result();
    return { outcome: 'completed' };
  } catch (error) {
    const { ApplicationFailure, WorkflowFailedError } = await import('@temporalio/client');
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    if (!(cause instanceof ApplicationFailure)) {
      const reason = cause?.message ?? error.message;
      return { outcome: cause?.name === 'CancelledFailure' ? 'cancelled' : 'failed', reason };
    }
    const outcome = cause.type === 'RunIncomplete' ? 'incomplete' : 'failed';
    return { outcome, reason: cause.message, ...(cause.type ? { code: cause.type } : {}) };
  }
}
