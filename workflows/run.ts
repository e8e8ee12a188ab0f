import {
  ApplicationFailure,
  CancellationScope,
  defineQuery,
  executeChild,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Activities } from '../activities/index.ts';
import { boundedEach, isOwnCancellation } from './bounded-each.ts';
import { partition } from './partition.ts';
import { awaitPolicy, planPolicy } from './policies.ts';
import { troubleOf, type Trouble } from './pure/failure.ts';
import { inLake, partitionId } from './pure/ids.ts';
import {
  addTallies,
  emptyTally,
  troublesNamed,
  type LoneCell,
  type PlanPage,
  type PlanRef,
  type RunContext,
  type RunProgress,
  type RunRequest,
  type RunResult,
  type Tally,
  type WindowTask,
} from './pure/run.ts';
import { followQuotaWaits } from './quota-wait.ts';
import { rebuildModel } from './rebuild-model.ts';
import { whyUnrecorded } from './why-unrecorded.ts';
import { cellAttributes, runAttributes } from './search-attributes.ts';
import { shareSignal, window } from './window.ts';

/** What a run works on; `carried` is what an earlier page of it brought along. */
export interface RunInput {
  readonly context: RunContext;
  readonly request: RunRequest;
  readonly carried?: {
    readonly plan: PlanRef;
    /** The execution whose plan this is. */
    readonly plannedBy: string;
    readonly page: number;
    readonly tally: Tally;
  };
}

/** Asks a run how it stands. */
export const progressQuery = defineQuery<RunProgress>('progress');

/** A window that is open, and how many of its cells it was told to run at once. */
type OpenWindows = Map<string, number>;

/**
 * Plans what is to do, runs its windows a bounded number at a time, page by page, and ends with the model.
 * It awaits all windows and drops no result: where a cell did not get there, it fails as `RunIncomplete`
 * with the reasons and the one command that tries them again. With pages left it answers what to go on with,
 * for a fresh history.
 */
export async function executeRun(input: RunInput): Promise<RunResult | { readonly next: RunInput }> {
  const { context } = input;
  const progress: { -readonly [K in keyof RunProgress]: RunProgress[K] } = {
    summary: input.carried?.plan.summary ?? null,
    tally: input.carried?.tally ?? emptyTally,
    openWindows: [],
    quotaWait: null,
    step: 'planning',
  };
  setHandler(progressQuery, () => progress);
  followQuotaWaits((wait) => (progress.quotaWait = wait));
  try {
    const carried = input.carried ?? (await planRun(input));
    progress.summary = carried.plan.summary;
    progress.step = 'cells';
    if (carried.page < carried.plan.pageCount)
      await runPage(context, await readPage(context, carried), progress);
    const next = { ...carried, page: carried.page + 1, tally: progress.tally };
    if (next.page < carried.plan.pageCount) return { next: { ...input, carried: next } };
    progress.step = 'model';
    await rebuildModel(context);
    progress.step = 'ended';
    return await endWell(context, carried.plan, progress.tally);
  } catch (error) {
    throw await endBadly(context, progress.tally, error);
  }
}

async function planRun({ context, request }: RunInput): Promise<NonNullable<RunInput['carried']>> {
  const { plan } = longer(context);
  const made = await plan(context, request);
  return { plan: made, plannedBy: workflowInfo().runId, page: 0, tally: emptyTally };
}

async function readPage(
  context: RunContext,
  { plannedBy, page }: NonNullable<RunInput['carried']>,
): Promise<PlanPage> {
  return longer(context).readPlanPage(context, { workflowRunId: plannedBy, page });
}

async function runPage(
  context: RunContext,
  page: PlanPage,
  progress: { tally: Tally; openWindows: readonly string[] },
): Promise<void> {
  const { windowsAtOnce, cellsAtOnce } = context.options;
  const open: OpenWindows = new Map();
  let left = page.windows.length;
  const shareNow = (): number =>
    Math.max(1, Math.floor(cellsAtOnce / Math.max(1, Math.min(windowsAtOnce, left))));
  await startAlone(context, page.alone, progress);
  await boundedEach(
    page.windows,
    () => windowsAtOnce,
    async (task) => {
      open.set(task.id, shareNow());
      progress.openWindows = [...open.keys()];
      const tally = await runWindow(context, task, shareNow());
      progress.tally = addTallies(progress.tally, tally);
      open.delete(task.id);
      left -= 1;
      progress.openWindows = [...open.keys()];
      passOn(context, open, shareNow());
    },
  );
}

/**
 * When a window ends, the others take over its share of the cells that may run at once. Nobody waits for the
 * answer: a window that ended meanwhile needs no share, and the server takes seconds to say that it has.
 */
function passOn(context: RunContext, open: OpenWindows, share: number): void {
  for (const [id, known] of open) {
    if (known === share) continue;
    open.set(id, share);
    getExternalWorkflowHandle(inLake(context.lake, id))
      .signal(shareSignal, share)
      .catch(() => undefined);
  }
}

async function runWindow(context: RunContext, task: WindowTask, share: number): Promise<Tally> {
  try {
    return await executeChild(window, {
      workflowId: inLake(context.lake, task.id),
      args: [{ context, task, share }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      typedSearchAttributes: runAttributes(context, task.dataset.split('.')[0]),
      staticSummary: task.id.replace(/^window\//, ''),
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return awaitOtherWindow(context, task);
    if (isOwnCancellation()) throw error;
    return allFailed(task, troubleOf(error));
  }
}

/** Another run has the same window in hand: its outcome is ours. */
async function awaitOtherWindow(context: RunContext, task: WindowTask): Promise<Tally> {
  const { awaitWorkflow } = proxyActivities<Activities>(awaitPolicy(context.options.patienceSeconds));
  const other = await awaitWorkflow(task.id);
  // A window's result is its tally, whoever started it.
  if (other.outcome === 'completed') return other.result as Tally;
  return allFailed(task, { code: 'WindowFailed', reason: other.reason });
}

/** A window that could not be had: all its cells failed, for one reason an asset. */
function allFailed({ dataset, assets, dates }: WindowTask, trouble: Trouble): Tally {
  const [date = '', to = date] = [dates[0], dates.at(-1)];
  const troubles = assets.map(({ ticker }) => ({
    dataset,
    ticker,
    date,
    to,
    state: 'failed' as const,
    ...trouble,
  }));
  return { ...emptyTally, failed: assets.length * dates.length, troubles: troubles.slice(0, troublesNamed) };
}

/** Cells whose day is not final wait by themselves; the run does not wait for them. */
async function startAlone(
  context: RunContext,
  cells: readonly LoneCell[],
  progress: { tally: Tally },
): Promise<void> {
  for (const { dataset, ticker, date } of cells) {
    const key = { dataset, ticker, date };
    try {
      await startChild(partition, {
        workflowId: inLake(context.lake, partitionId(key)),
        args: [{ context, ...key }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        typedSearchAttributes: cellAttributes(key, context, 'waiting'),
        staticSummary: `${ticker} ${date}`,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    progress.tally = addTallies(progress.tally, { ...emptyTally, waiting: 1 });
  }
}

async function endWell(context: RunContext, plan: PlanRef, tally: Tally): Promise<RunResult> {
  const bad = tally.refused + tally.failed;
  if (bad > 0) throw incomplete(context, tally, bad);
  await longer(context).recordRunEnd(context, { outcome: 'completed', tally });
  return { run: context.run, summary: plan.summary, tally };
}

function incomplete(context: RunContext, tally: Tally, bad: number): ApplicationFailure {
  const named = tally.troubles.map(
    ({ ticker, date, to = date, state, reason }) =>
      `${ticker} ${date === to ? date : `${date}..${to}`} ${state}: ${reason}`,
  );
  const more = bad > named.length ? [`and more: ${bad} in all`] : [];
  const command = `npx tsx client/retry.ts --run ${context.run}`;
  return ApplicationFailure.create({
    message: `${bad} cells did not get there; everything else is published. Try them again with: ${command}\n${[...named, ...more].join('\n')}`,
    type: 'RunIncomplete',
    nonRetryable: true,
    details: [tally],
  });
}

async function endBadly(context: RunContext, tally: Tally, error: unknown): Promise<unknown> {
  const isCancelled = isOwnCancellation();
  const { code, reason } = troubleOf(error);
  const outcome = isCancelled ? 'cancelled' : code === 'RunIncomplete' ? 'incomplete' : 'failed';
  const unrecorded = await CancellationScope.nonCancellable(() =>
    whyUnrecorded(longer(context).recordRunEnd(context, { outcome, tally, code, reason })),
  );
  const message = reason + unrecorded;
  setCurrentDetails(`**${context.run}**: **${outcome}**\n\n${message}`);
  if (isCancelled) return error;
  const details = code === 'RunIncomplete' ? [tally] : [];
  return ApplicationFailure.create({ message, type: code, nonRetryable: true, details });
}

function longer(context: RunContext): Pick<Activities, 'plan' | 'readPlanPage' | 'recordRunEnd'> {
  return proxyActivities<Activities>(planPolicy(context.options.patienceSeconds));
}
