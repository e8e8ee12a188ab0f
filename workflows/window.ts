import {
  ApplicationFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { boundedEach } from './bounded-each.ts';
import { fetchBatch } from './fetch-batch.ts';
import { planPolicy } from './policies.ts';
import type { CellKey } from './pure/cell.ts';
import { troubleOf } from './pure/failure.ts';
import { lotsOf } from './pure/lot.ts';
import { monthsOf } from './pure/month.ts';
import {
  addTallies,
  cellsInPage,
  cellsOf,
  emptyTally,
  leftOutTally,
  lookOf,
  settledCount,
  type CellOfWindow,
  type BatchRef,
  type RunContext,
  type Tally,
  type WindowTask,
} from './pure/run.ts';
import { windowDetails } from './pure/run-details.ts';
import { fateOf, type LeaveOut } from './pure/steering.ts';
import type { QuotaWait } from './pure/quota/wait.ts';
import { tellRun } from './quota-wait.ts';
import { runCell } from './run-cell.ts';
import { runMany, type ManyOfWindow } from './run-many.ts';
import { endAlone, tellAlerts } from './tell-alerts.ts';
import { whyUnrecorded } from './why-unrecorded.ts';
import { isWithoutRun } from './without-run.ts';

/** One window of a run. */
export interface WindowInput {
  readonly context: RunContext;
  readonly task: WindowTask;
  /** How many of its cells may run at once; the run changes it by `share`. 0: nothing new begins. */
  readonly share: number;
  /** What people left out of this part of the plan so far; the run adds to it by `leaveOut`. */
  readonly leaveOuts?: readonly LeaveOut[];
  /** What an earlier page of this window brought along. */
  readonly carried?: {
    readonly batch: BatchRef;
    readonly firstCell: number;
    readonly tally: Tally;
    readonly isAlone: boolean;
  };
}

/** Tells an open window how many of its cells may run at once. */
export const shareSignal = defineSignal<[number]>('share');
/** Tells an open window which further cells were left out. */
export const leaveOutSignal = defineSignal<[readonly LeaveOut[]]>('leaveOut');
/** Asks an open window how its cells stand. */
export const windowProgressQuery = defineQuery<Tally>('windowProgress');

/** What a window was told is about its own part of the plan, whichever that is. */
const anyPart = 0;

/** Where a window stands, as its steps and signals see and change it. */
interface WindowState {
  readonly task: WindowTask;
  /** Of a snapshot: one that stands for all, until it is staged. */
  cells: readonly CellOfWindow[];
  share: number;
  leaveOuts: readonly LeaveOut[];
  tally: Tally;
  step: 'fetching' | 'running';
  quotaWait: QuotaWait | null;
}

/**
 * Fetches and stages one answer, then runs its cells, a bounded number at a time. A cell that fails is red
 * by itself and stops no other; a window whose answer cannot be had fails once, for all its cells. A window
 * that was reset or started by hand ends with the model, since its run is over.
 */
export async function window(input: WindowInput): Promise<Tally> {
  const isAlone = input.carried?.isAlone ?? isWithoutRun();
  const state = beginWindow(input, isAlone);
  const batch =
    input.carried?.batch ?? input.task.batch ?? (await fetchOrFail(input.context, state, isAlone));
  const firstCell = input.carried?.firstCell ?? 0;
  const isTogether = input.task.grain !== undefined;
  if (batch && input.task.grain === 'lot') await findMembers(input.context, state, batch);
  const { cells } = state;
  if (batch && isTogether) await runMany(input.context, manyIn(state, batch));
  else if (batch)
    await runCells(input.context, state, cells.slice(firstCell, firstCell + cellsInPage), batch);

  if (!batch || isTogether || firstCell + cellsInPage >= cells.length) {
    if (isAlone) await endAlone(input.context);
    return state.tally;
  }
  const { share, leaveOuts, tally } = state;
  const carried = { batch, firstCell: firstCell + cellsInPage, tally, isAlone };
  return continueAsNew<typeof window>({ ...input, share, leaveOuts, carried });
}

function beginWindow(input: WindowInput, isAlone: boolean): WindowState {
  const { task } = input;
  const state: WindowState = {
    task,
    cells: cellsOf(task),
    // Whoever reset it wants it to go on, and there is no run to resume it.
    share: isAlone ? Math.max(1, input.share) : input.share,
    leaveOuts: input.leaveOuts ?? [],
    tally: input.carried?.tally ?? emptyTally,
    step: input.carried || task.batch ? 'running' : 'fetching',
    quotaWait: null,
  };
  setHandler(
    shareSignal,
    (share) => {
      // A person may send it too, and what is no number would hold the window for ever.
      if (!Number.isInteger(share) || share < 0) return;
      state.share = share;
      showWindow(state);
    },
    { description: 'How many of this window’s cells run at once. Takes a number; 0 holds it.' },
  );
  setHandler(leaveOutSignal, (more) => void (state.leaveOuts = [...state.leaveOuts, ...more]), {
    description: 'Sent by the run when cells are dropped or skipped: steer the run instead.',
  });
  setHandler(windowProgressQuery, () => state.tally);
  showWindow(state);
  return state;
}

function showWindow({ task, cells, ...stands }: WindowState): void {
  const name = task.id.replace(/^window\//, '');
  setCurrentDetails(windowDetails(name, { ...stands, cellCount: cells.length }));
}

/** Shows a wait for a quota here, and tells the run of it. */
async function showWait(state: WindowState, wait: QuotaWait | null): Promise<void> {
  state.quotaWait = wait;
  showWindow(state);
  tellRun(wait);
}

function add(state: WindowState, outcome: Tally): void {
  state.tally = addTallies(state.tally, outcome);
  showWindow(state);
}

/** Who is in a snapshot stands in its batch. */
async function findMembers(context: RunContext, state: WindowState, batch: BatchRef): Promise<void> {
  const { dataset, dates } = state.task;
  const { readMembers } = proxyActivities<Activities>(planPolicy(context.options.patienceSeconds));
  const members = await readMembers({ dataset, batch });
  const [date = ''] = dates;
  state.cells = members.map((member) => ({ dataset, date, ...member }));
  showWindow(state);
}

function manyIn(state: WindowState, batch: BatchRef): ManyOfWindow {
  const { task, cells } = state;
  const [date = ''] = task.dates;
  return {
    parts:
      task.grain === 'lot' ? lotsOf({ dataset: task.dataset, date }, batch, cells) : monthsOf(task, batch),
    share: () => state.share,
    fateOf: (cell) => fateOfCell(state, cell),
    add: (outcome) => add(state, outcome),
  };
}

async function runCells(
  context: RunContext,
  state: WindowState,
  page: readonly CellOfWindow[],
  batch: BatchRef,
): Promise<void> {
  await boundedEach(
    page,
    () => state.share,
    async (cell) => {
      const fate = fateOfCell(state, cell);
      const { cause } = state.task;
      const known = { ...(cause ? { cause } : {}), look: lookOf(state.task, cell) };
      add(state, fate ? { ...emptyTally, [fate]: 1 } : await runCell(context, cell, batch, known));
    },
  );
}

function fateOfCell({ leaveOuts }: WindowState, cell: CellKey): LeaveOut['fate'] | undefined {
  return fateOf(cell, leaveOuts, anyPart);
}

/** Fetches the window's answer, unless nobody wants any of its cells any more: then there is none. */
async function fetchOrFail(
  context: RunContext,
  state: WindowState,
  isAlone: boolean,
): Promise<BatchRef | undefined> {
  const { task, cells } = state;
  const held = (): Promise<void> => condition(() => state.share > 0);
  try {
    await held();
    state.tally = leftOutTally(cells, state.leaveOuts, anyPart);
    if (settledCount(state.tally) === cells.length) return undefined;
    state.tally = emptyTally;
    const label = task.id.replace(/^window\//, '');
    const batch = await fetchBatch(context, task.dataset, task.ask, label, {
      held,
      tellWait: (wait) => showWait(state, wait),
    });
    state.step = 'running';
    return batch;
  } catch (error) {
    if (isCancellation(error)) throw error;
    const trouble = troubleOf(error);
    const { recordWindowFailure } = proxyActivities<Activities>(planPolicy(context.options.patienceSeconds));
    const message =
      trouble.reason + (await whyUnrecorded(recordWindowFailure(context, task, trouble, state.leaveOuts)));
    const count = cells.length - settledCount(leftOutTally(cells, state.leaveOuts, anyPart));
    setCurrentDetails(
      `**${task.id}** could not be fetched: its ${count} cells are **failed**.\n\n${message}`,
    );
    if (isAlone) await tellAlerts(context);
    throw ApplicationFailure.create({ message, type: trouble.code, nonRetryable: true });
  }
}
