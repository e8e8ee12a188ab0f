import type { CellKey, DatasetId, PartitionDate } from './cell.ts';

/** How a person steers a run that is open: the acts, what they leave behind, and what follows from it. */

/** What can be asked of an open run; each is a signal and an update of this name. */
export const steerKinds = ['pause', 'resume', 'concurrency', 'add', 'drop', 'skip'] as const;

/** The name of an act. */
export type SteerKind = (typeof steerKinds)[number];

/** Which cells an act is about; null: no bound on that side. */
export interface Scope {
  readonly tickers: readonly string[] | null;
  readonly from: PartitionDate | null;
  readonly to: PartitionDate | null;
}

interface Said {
  /** Who wants it, in the person's own words. */
  readonly by: string;
  readonly reason: string | null;
}

/** An act that was understood. */
export type SteerAct = Said &
  (
    | { readonly kind: 'pause' | 'resume' }
    | { readonly kind: 'concurrency'; readonly cellsAtOnce: number }
    | ({ readonly kind: 'add' } & Scope)
    | ({ readonly kind: 'drop' } & Scope)
    | {
        readonly kind: 'skip';
        readonly ticker: string;
        readonly date: PartitionDate;
        /** Null: the one from which the ticker is taken. */
        readonly dataset: DatasetId | null;
        readonly reason: string;
      }
  );

/** Cells that a person took out of a run: those not begun are counted so, and left out. */
export interface LeaveOut extends Scope {
  readonly fate: 'dropped' | 'skipped';
  /** Null: whatever dataset. */
  readonly dataset: DatasetId | null;
  /** Reaches the parts of the plan before this one: what is added later is not taken out. Null: all. */
  readonly beforePart: number | null;
}

/** Since when nothing new begins, and who wanted it. */
export interface Paused {
  /** ISO UTC. */
  readonly since: string;
  readonly by: string;
  readonly reason: string | null;
}

/** An act that a run took, as people are told of it. */
export interface TakenAct {
  readonly number: number;
  /** ISO UTC. */
  readonly at: string;
  readonly words: string;
}

/** What all acts so far have made of a run; small, since it goes on from history to history. */
export interface Steering {
  readonly paused: Paused | null;
  /** Null: as configured. */
  readonly cellsAtOnce: number | null;
  readonly leaveOuts: readonly LeaveOut[];
  readonly actCount: number;
  /** The newest few. */
  readonly acts: readonly TakenAct[];
  /** What a person sent that was not understood, and why; the newest one. */
  readonly refused: string | null;
}

/** Before anybody steered. */
export const unsteered: Steering = {
  paused: null,
  cellsAtOnce: null,
  leaveOuts: [],
  actCount: 0,
  acts: [],
  refused: null,
};

/** Each act costs events in the run's history and in those of its windows, which are bounded. */
export const mostActs = 500;
const actsShown = 10;

/** Counts an act and keeps its words among the newest. */
export function withAct(steering: Steering, at: string, words: string): Steering {
  const number = steering.actCount + 1;
  const acts = [...steering.acts, { number, at, words }].slice(-actsShown);
  return { ...steering, actCount: number, acts };
}

/** Tells whether, and how, a cell of a part of the plan was taken out; the newest word holds. */
export function fateOf(
  cell: CellKey,
  leaveOuts: readonly LeaveOut[],
  part: number,
): LeaveOut['fate'] | undefined {
  return leaveOuts.findLast(
    ({ tickers, from, to, dataset, beforePart }) =>
      (beforePart === null || part < beforePart) &&
      (dataset === null || dataset === cell.dataset) &&
      (tickers === null || tickers.includes(cell.ticker)) &&
      (from === null || from <= cell.date) &&
      (to === null || cell.date <= to),
  )?.fate;
}

/** What decides how many cells each open window may run at once. */
export interface Load {
  readonly isPaused: boolean;
  readonly cellsAtOnce: number;
  readonly windowsAtOnce: number;
  /** Windows of the page that have not ended, the open ones among them. */
  readonly windowsLeft: number;
  readonly openCount: number;
}

/** How many windows may be open: none new while paused, and never more than cells may run. */
export function windowsNow({ isPaused, cellsAtOnce, windowsAtOnce }: Omit<Load, 'openCount'>): number {
  return isPaused ? 0 : Math.min(windowsAtOnce, cellsAtOnce);
}

/**
 * The share of the open window at a place, in the order of opening. With fewer cells than open windows
 * the first ones get one each and the rest wait, so that the bound holds from the start.
 */
export function shareAt(place: number, load: Load): number {
  if (load.isPaused) return 0;
  const wanted = Math.min(windowsNow(load), load.windowsLeft);
  const share = Math.floor(load.cellsAtOnce / Math.max(1, load.openCount, wanted));
  return share > 0 ? share : place < load.cellsAtOnce ? 1 : 0;
}
