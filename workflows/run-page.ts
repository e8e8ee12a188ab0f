import { condition, ParentClosePolicy, proxyActivities, startChild } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Activities } from '../activities/index.ts';
import { boundedEach, isOwnCancellation } from './bounded-each.ts';
import { leaveOutsFor, tellWindows } from './open-windows.ts';
import { partition } from './partition.ts';
import { awaitPolicy, childTaskTimeout } from './policies.ts';
import type { CellKey } from './pure/cell.ts';
import { troubleOf, type Trouble } from './pure/failure.ts';
import { inLake, partitionId } from './pure/ids.ts';
import {
  addTallies,
  cellsOf,
  emptyTally,
  leftOutTally,
  settledCount,
  troublesNamed,
  withFound,
  type LoneCell,
  type PlanPage,
  type PlanPart,
  type RunContext,
  type Tally,
  type WindowTask,
} from './pure/run.ts';
import { fateOf, shareAt, windowsNow } from './pure/steering.ts';
import { loadOf, showRun, type OpenWindow, type RunState } from './run-state.ts';
import { cellAttributes, runAttributes } from './search-attributes.ts';
import { window } from './window.ts';

/** Runs the windows of a page, a bounded number at a time, and adds what came of them to the run's tally. */
export async function runPage(run: RunState, part: PlanPart, page: PlanPage): Promise<void> {
  run.windowsLeft = page.windows.length;
  await startAlone(run, part, page.alone);
  await boundedEach(
    page.windows,
    () => windowsNow(loadOf(run)),
    async (task) => {
      const tally = await runUnlessLeftOut(run, part, task);
      run.tally = addTallies(run.tally, tally);
      run.summary = run.summary && withFound(run.summary, task, tally);
      run.open.delete(task.id);
      run.windowsLeft -= 1;
      // When a window ends, the others take over its share. Nobody waits until they have heard.
      void tellWindows(run);
    },
  );
}

async function runUnlessLeftOut(run: RunState, part: PlanPart, task: WindowTask): Promise<Tally> {
  const leftOut = leftOutTally(cellsOf(task), run.steering.leaveOuts, part.number);
  if (settledCount(leftOut) === cellCountOf(task)) return leftOut;
  const { leaveOuts } = run.steering;
  const open: OpenWindow = {
    task,
    part: part.number,
    share: 1,
    leaveOutsTold: leaveOuts.length,
    isThere: false,
  };
  run.open.set(task.id, open);
  open.share = shareAt(run.open.size - 1, loadOf(run));
  showRun(run);
  return runWindow(run, open);
}

async function runWindow(run: RunState, open: OpenWindow): Promise<Tally> {
  const { context } = run;
  const { task, share } = open;
  try {
    const child = await startChild(window, {
      workflowId: inLake(context.lake, task.id),
      args: [{ context, task, share, leaveOuts: leaveOutsFor(run.steering.leaveOuts, open.part) }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowTaskTimeout: childTaskTimeout,
      typedSearchAttributes: runAttributes(context, task.dataset.split('.')[0]),
      staticSummary: task.id.replace(/^window\//, ''),
    });
    open.isThere = true;
    // What changed between its start and now could not be told yet.
    void tellWindows(run);
    return await child.result();
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return awaitOtherWindow(run, open);
    if (isOwnCancellation()) throw error;
    return allFailed(run, open, troubleOf(error));
  }
}

/**
 * Another run has the same window in hand: its outcome is ours, unless it was about fewer cells, as where this run is
 * to fetch what is published too. A window whose run was terminated or reset may be held by a pause that nobody will
 * end: it becomes ours.
 */
async function awaitOtherWindow(run: RunState, open: OpenWindow): Promise<Tally> {
  const { context } = run;
  const { task } = open;
  const { awaitWorkflow, isOrphan } = proxyActivities<Activities>(
    awaitPolicy(context.options.patienceSeconds),
  );
  if (await isOrphan(task.id)) {
    Object.assign(open, { isThere: true, share: -1, leaveOutsTold: 0 });
    void tellWindows(run);
  }
  const other = await awaitWorkflow(task.id);
  if (other.outcome === 'completed') {
    // A window's result is its tally, whoever started it.
    const tally = other.result as Tally;
    return settledCount(tally) < cellCountOf(task) ? runWindow(run, open) : tally;
  }
  return allFailed(run, open, { code: 'WindowFailed', reason: other.reason });
}

function cellCountOf({ assets, dates }: WindowTask): number {
  return assets.length * dates.length;
}

/** A window that could not be had: its cells failed, but for those left out, for one reason an asset. */
function allFailed(run: RunState, { task, part }: OpenWindow, trouble: Trouble): Tally {
  const { dataset, assets, dates } = task;
  const [date = '', to = date] = [dates[0], dates.at(-1)];
  const troubles = assets.map(({ ticker }) => ({
    dataset,
    ticker,
    date,
    to,
    state: 'failed' as const,
    ...trouble,
  }));
  const leftOut = leftOutTally(cellsOf(task), run.steering.leaveOuts, part);
  const failed = cellCountOf(task) - settledCount(leftOut);
  return { ...leftOut, failed, troubles: troubles.slice(0, troublesNamed) };
}

/** Cells whose day is not final wait by themselves; the run does not wait for them. */
async function startAlone(run: RunState, part: PlanPart, cells: readonly LoneCell[]): Promise<void> {
  for (const { dataset, ticker, date } of cells) {
    await condition(() => run.steering.paused === null);
    const key = { dataset, ticker, date };
    const fate = fateOf(key, run.steering.leaveOuts, part.number);
    if (fate === undefined) await startLone(run.context, key);
    run.tally = addTallies(run.tally, { ...emptyTally, [fate ?? 'waiting']: 1 });
  }
}

async function startLone(context: RunContext, key: CellKey): Promise<void> {
  try {
    await startChild(partition, {
      workflowId: inLake(context.lake, partitionId(key)),
      args: [{ context, ...key }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowTaskTimeout: childTaskTimeout,
      typedSearchAttributes: cellAttributes(key, context, 'waiting'),
      staticSummary: `${key.ticker} ${key.date}`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
