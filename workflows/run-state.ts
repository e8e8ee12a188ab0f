import { setCurrentDetails } from '@temporalio/workflow';
import type { Covered } from './pure/fallback.ts';
import { runDetails } from './pure/run-details.ts';
import type { QuotaWait } from './pure/quota/wait.ts';
import {
  emptyTally,
  expectedCells,
  type PlanPart,
  type PlanSummary,
  type RunContext,
  type RunProgress,
  type RunRequest,
  type Tally,
  type WindowTask,
} from './pure/run.ts';
import { unsteered, type Load, type Steering } from './pure/steering.ts';

/** What a run works on; `carried` is what an earlier page of it brought along. */
export interface RunInput {
  readonly context: RunContext;
  readonly request: RunRequest;
  readonly carried?: CarriedRun;
}

/** What goes on from one history of a run to the next. */
export interface CarriedRun {
  readonly summary: PlanSummary;
  readonly parts: readonly PlanPart[];
  readonly added: readonly RunRequest[];
  readonly tally: Tally;
  readonly steering: Steering;
  readonly areHistoriesPlanned: boolean;
  readonly fallback: AskedFallback | null;
}

/** What a run was told when it asked last what fallbacks are there for the cells that did not get there. */
export interface AskedFallback {
  /** How many had not got there. */
  readonly badBefore: number;
  /** True where there was none left. */
  readonly isExhausted: boolean;
  readonly covered: Covered;
}

/** A window of a run that is open, and what it was last told. */
export interface OpenWindow {
  readonly task: WindowTask;
  readonly part: number;
  share: number;
  /** How many of the run's `leaveOuts` it knows. */
  leaveOutsTold: number;
  /** False until the server has it: what is sent before that may be lost. */
  isThere: boolean;
}

/** Where a run stands, as its steps and the handlers of its signals see and change it. */
export interface RunState {
  readonly context: RunContext;
  readonly request: RunRequest;
  step: RunProgress['step'];
  summary: PlanSummary | null;
  parts: readonly PlanPart[];
  added: readonly RunRequest[];
  tally: Tally;
  steering: Steering;
  /** True once it has asked whether what it looked at again was all of a history. */
  areHistoriesPlanned: boolean;
  /** Null: it has not asked for fallbacks. */
  fallback: AskedFallback | null;
  /** By id, in the order of opening. */
  readonly open: Map<string, OpenWindow>;
  /** The wait for a quota that ends first. */
  quotaWait: QuotaWait | null;
  /** What a person should know that is no reason to fail; empty where there is nothing. */
  note: string;
  /** Windows of the page that have not ended. */
  windowsLeft: number;
}

/** The state at the beginning of a history. */
export function beginState({ context, request, carried }: RunInput): RunState {
  return {
    context,
    request,
    step: carried ? 'cells' : 'planning',
    summary: carried?.summary ?? null,
    parts: carried?.parts ?? [],
    added: carried?.added ?? [],
    tally: carried?.tally ?? emptyTally,
    steering: carried?.steering ?? unsteered,
    areHistoriesPlanned: carried?.areHistoriesPlanned ?? false,
    fallback: carried?.fallback ?? null,
    open: new Map(),
    quotaWait: null,
    note: '',
    windowsLeft: 0,
  };
}

/** The input with which a fresh history goes on. */
export function nextInput(run: RunState, summary: PlanSummary): RunInput {
  const { context, request, parts, added, tally, steering, areHistoriesPlanned, fallback } = run;
  const carried = { summary, parts, added, tally, steering, areHistoriesPlanned, fallback };
  return { context, request, carried };
}

/** The part of the plan whose turn it is; undefined where all pages are carried out. */
export function partInTurn({ parts }: RunState): PlanPart | undefined {
  return parts.find(({ nextPage, pageCount }) => nextPage < pageCount);
}

/** How many cells may run at once now. */
export function cellsAtOnce({ context, steering }: RunState): number {
  return steering.cellsAtOnce ?? context.options.cellsAtOnce;
}

/** What decides the shares of the open windows now. */
export function loadOf(run: RunState): Load {
  return {
    isPaused: run.steering.paused !== null,
    cellsAtOnce: cellsAtOnce(run),
    windowsAtOnce: run.context.options.windowsAtOnce,
    windowsLeft: run.windowsLeft,
    openCount: run.open.size,
  };
}

/** The state as whoever asks is told it. */
export function progressOf(run: RunState): RunProgress {
  const { summary, tally, step, steering, added, quotaWait } = run;
  const { paused, acts } = steering;
  const told = { paused, acts, added, cellsAtOnce: cellsAtOnce(run) };
  return { summary, tally, openWindows: [...run.open.keys()], quotaWait, step, steering: told };
}

/** Shows the state in the Web UI; it adds nothing to the history. */
export function showRun(run: RunState): void {
  // How it ended is shown by its end.
  if (run.step === 'ended') return;
  const windows = [...run.open.values()].map(({ task, share }) => ({
    name: task.id.replace(/^window\//, ''),
    cellCount: expectedCells(task),
    share,
  }));
  setCurrentDetails(runDetails(run.context.run, progressOf(run), windows, run.steering.refused));
}
