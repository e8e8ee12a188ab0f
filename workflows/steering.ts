import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  defineSignal,
  defineUpdate,
  getExternalWorkflowHandle,
  proxyActivities,
  setHandler,
  workflowInfo,
  type ActivityInterfaceFor,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { tellWindows } from './open-windows.ts';
import { planPolicy } from './policies.ts';
import { troubleOf } from './pure/failure.ts';
import { inLake, partitionId } from './pure/ids.ts';
import { addSummaries, type PlanRef } from './pure/run.ts';
import { NotUnderstood, readAct, requestOfAdd, steerHelp, wordsOf } from './pure/steer-words.ts';
import {
  mostActs,
  steerKinds,
  withAct,
  type LeaveOut,
  type SteerAct,
  type SteerKind,
} from './pure/steering.ts';
import { showRun, type RunState } from './run-state.ts';
import { whyUnrecorded } from './why-unrecorded.ts';

/** What a run answers to an act: what it did, in a sentence. */
export interface SteerAnswer {
  readonly words: string;
  /** True where something is other than before. */
  readonly isChanged: boolean;
}

type Of<Kind extends SteerKind> = SteerAct & { readonly kind: Kind };

/**
 * Lets people steer a run while it is open. Each act is an update, which answers and refuses what it cannot
 * understand, and a signal of the same name, which needs no worker and nobody who waits.
 */
export function steerable(run: RunState): void {
  const planning = inTurn();
  for (const kind of steerKinds) {
    const description = steerHelp[kind];
    const update = defineUpdate<SteerAnswer, [unknown]>(kind);
    setHandler(update, async (value) => take(run, readAct(kind, value), planning), {
      description,
      validator: (value) => void understand(run, kind, value),
    });
    setHandler(defineSignal<[unknown]>(kind), async (value) => heed(run, kind, value, planning), {
      description,
    });
  }
}

/** Waits until every act that came in is carried out, so that none is lost with this history. */
export async function actsTaken(): Promise<void> {
  await condition(allHandlersFinished);
}

/** A signal has nobody who hears an answer: what is wrong with it is shown in the run's details. */
async function heed(run: RunState, kind: SteerKind, value: unknown, planning: Turns): Promise<void> {
  try {
    await take(run, understand(run, kind, value), planning);
    run.steering = { ...run.steering, refused: null };
  } catch (error) {
    run.steering = { ...run.steering, refused: troubleOf(error).reason };
  }
  showRun(run);
}

/** Reads an act, or refuses it with a sentence; changes nothing. */
function understand(run: RunState, kind: SteerKind, value: unknown): SteerAct {
  if (run.step === 'ended')
    throw refusal(`${run.context.run} is ending: nothing can be changed any more. Start it again.`);
  if (run.steering.actCount >= mostActs)
    throw refusal(
      `${run.context.run} has taken ${mostActs} acts, as many as it can. Cancel it and start it again: what is published is passed over.`,
    );
  return orRefuse(() => readAct(kind, value));
}

function orRefuse<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof NotUnderstood ? refusal(error.message) : error;
  }
}

function refusal(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'SteerRefused');
}

async function take(run: RunState, act: SteerAct, planning: Turns): Promise<SteerAnswer> {
  switch (act.kind) {
    case 'pause':
    case 'resume':
      return setPaused(run, act);
    case 'concurrency':
      run.steering = { ...run.steering, cellsAtOnce: act.cellsAtOnce };
      return note(run, act, { cellsAtOnce: act.cellsAtOnce });
    case 'add':
      return planning(() => add(run, act));
    case 'drop':
      return drop(run, act);
    case 'skip':
      return skip(run, act);
  }
}

async function setPaused(run: RunState, act: Of<'pause' | 'resume'>): Promise<SteerAnswer> {
  const { paused } = run.steering;
  if (act.kind === 'pause' && paused)
    return { words: `is paused already, since ${paused.since} by ${paused.by}`, isChanged: false };
  if (act.kind === 'resume' && !paused) return { words: 'is not paused', isChanged: false };
  const { by, reason } = act;
  const since = now();
  run.steering = { ...run.steering, paused: act.kind === 'pause' ? { since, by, reason } : null };
  return note(run, act, {});
}

async function drop(run: RunState, act: Of<'drop'>): Promise<SteerAnswer> {
  const { tickers, from, to } = act;
  // Before its own plan is there, all that a drop can mean is that plan.
  leaveOut(run, {
    fate: 'dropped',
    tickers,
    from,
    to,
    dataset: null,
    beforePart: Math.max(1, run.parts.length),
  });
  return note(run, act, { tickers, from, to });
}

/** Gives a cell up: in the records first, by which its window tells it from one that failed; then here, and where it may be under way. */
async function skip(run: RunState, act: Of<'skip'>): Promise<SteerAnswer> {
  const { ticker, date, reason } = act;
  const { recordSkip } = longer(run);
  const { dataset, state } = await orSay(
    recordSkip(run.context, { ticker, date, dataset: act.dataset, reason }),
  );
  if (state !== 'skipped')
    return { words: `has nothing to give up: ${ticker} ${date} is ${state}`, isChanged: false };
  const one = { tickers: [ticker], from: date, to: date, dataset };
  leaveOut(run, { fate: 'skipped', beforePart: null, ...one });
  const noted = note(run, act, { ticker, date, dataset });
  await cancelCell(inLake(run.context.lake, partitionId({ dataset, ticker, date })));
  return noted;
}

async function cancelCell(workflowId: string): Promise<void> {
  try {
    await getExternalWorkflowHandle(workflowId).cancel();
  } catch {
    // It is not under way, which is as good.
  }
}

/** Plans what is added, and puts it behind what is planned already. */
async function add(run: RunState, act: Of<'add'>): Promise<SteerAnswer> {
  await condition(() => run.summary !== null || run.step === 'ended');
  if (!run.summary) throw refusal(`${run.context.run} has ended without a plan. Start it again.`);
  const { summary, parts, steering } = run;
  const request = orRefuse(() => requestOfAdd(run.request, run.summary ?? summary, act));
  const number = parts.length;
  const plannedBy = `${workflowInfo().runId}.added-${number}`;
  const { planAdded } = longer(run);
  const { leaveOuts } = steering;
  const plan = await orSay(planAdded(run.context, { request, plannedBy, parts, leaveOuts }));
  if (plan.pageCount > 0) enlarge(run, request, { plan, plannedBy });
  const { todo, waiting } = plan.summary;
  const noted = await note(run, act, { request, plan });
  return {
    words: `${noted.words}: ${todo + waiting} cells to do that were not in its plan`,
    isChanged: plan.pageCount > 0,
  };
}

function enlarge(
  run: RunState,
  request: RunState['request'],
  added: { readonly plan: PlanRef; readonly plannedBy: string },
): void {
  const { plan, plannedBy } = added;
  // The run may have grown by itself while this was planned.
  run.parts = [...run.parts, { number: run.parts.length, plannedBy, pageCount: plan.pageCount, nextPage: 0 }];
  run.added = [...run.added, request];
  run.summary = run.summary ? addSummaries(run.summary, plan.summary) : plan.summary;
}

function leaveOut(run: RunState, cells: LeaveOut): void {
  run.steering = { ...run.steering, leaveOuts: [...run.steering.leaveOuts, cells] };
}

/** Counts, shows and records an act that holds already, and lets the windows hear of it. */
async function note(
  run: RunState,
  act: SteerAct,
  facts: Readonly<Record<string, unknown>>,
): Promise<SteerAnswer> {
  const words = wordsOf(act);
  run.steering = withAct(run.steering, now(), words);
  void tellWindows(run);
  const { kind, by, reason } = act;
  const { recordAct } = longer(run);
  const record = { kind, by, reason, words, number: run.steering.actCount, facts };
  const unrecorded = await whyUnrecorded(
    recordAct.executeWithOptions({ summary: words }, [run.context, record]),
  );
  return { words: words + unrecorded, isChanged: true };
}

/** What an activity could not do becomes the answer; a bare error would stop the run's task for ever. */
async function orSay<T>(step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    const { code, reason } = troubleOf(error);
    throw ApplicationFailure.nonRetryable(reason, code);
  }
}

type Turns = <T>(act: () => Promise<T>) => Promise<T>;

/** One after the other: an addition must know what the one before it has planned. */
function inTurn(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const turn = last.then(act, act);
    last = turn.catch(() => undefined);
    return turn;
  };
}

function now(): string {
  return new Date().toISOString();
}

function longer(
  run: RunState,
): Pick<ActivityInterfaceFor<Activities>, 'planAdded' | 'recordAct' | 'recordSkip'> {
  return proxyActivities<Activities>(planPolicy(run.context.options.patienceSeconds));
}
