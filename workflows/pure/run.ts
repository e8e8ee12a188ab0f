import type { CellKey, CellState, DatasetId, PartitionDate } from './cell.ts';

/** What is asked of a run, what it plans, and what comes back: small JSON, never rows. */

/** What a person or the schedule wants done. Dates are inclusive. */
export type RunRequest =
  | {
      readonly kind: 'backfill';
      /** The last `days` final days of each asset, or a range of dates. */
      readonly range:
        { readonly days: number } | { readonly from: PartitionDate; readonly to: PartitionDate };
      /** Only these; null: every asset. */
      readonly tickers: readonly string[] | null;
      /** Fetches published cells again. */
      readonly force: boolean;
      /** Leaves out what lies beyond a source's history instead of refusing the whole. */
      readonly clip: boolean;
      /** One workflow for each cell, or for each ticker's month; absent: `auto`, by how many cells are to do. */
      readonly grain?: 'auto' | 'cell' | 'month';
    }
  /** One day, and what failed or is missing in the week that ends with it. */
  | {
      readonly kind: 'daily';
      readonly date: PartitionDate;
      /** True where the day was named by a person: what is not final yet waits, instead of being left for later. */
      readonly isExplicit: boolean;
    }
  /** Every refused or failed cell, or those of one run. */
  | { readonly kind: 'retry'; readonly of: string };

/** What one window asks a source: a range of one symbol, or one day of a whole market. */
export type WindowAsk =
  | {
      readonly kind: 'range';
      readonly symbol: string;
      readonly from: PartitionDate;
      readonly to: PartitionDate;
    }
  | { readonly kind: 'grouped'; readonly group: string; readonly date: PartitionDate };

/** Points at a sealed batch of raw answers. */
export interface BatchRef {
  readonly id: string;
  readonly ingestionDate: PartitionDate;
}

/** One window of a plan; its cells are every ticker on every date. */
export interface WindowTask {
  /** Without the lake's id. */
  readonly id: string;
  readonly dataset: DatasetId;
  readonly ask: WindowAsk;
  readonly assets: readonly { readonly ticker: string; readonly symbol: string }[];
  readonly dates: readonly PartitionDate[];
  /** A batch that was staged before and is good for these cells: nothing is fetched. */
  readonly batch?: BatchRef;
  /** Present where the cells of a month are done together. */
  readonly grain?: 'month';
}

/** A cell whose day is not final yet; it waits by itself and fetches its own date. */
export interface LoneCell extends CellKey {
  readonly symbol: string;
  /** ISO UTC instant from which the day is final. */
  readonly until: string;
}

/** Counts of a plan. `due` = every cell of the range; the others say what becomes of them. */
export interface PlanSummary {
  readonly due: number;
  readonly closed: number;
  readonly published: number;
  readonly skipped: number;
  readonly waiting: number;
  readonly todo: number;
  /** How many of those to do are done a month at a time; absent: none. */
  readonly byMonth?: number;
  /** Requests a source will be sent, one page each. */
  readonly requests: Readonly<Record<string, number>>;
  readonly from: PartitionDate;
  readonly to: PartitionDate;
}

/** Where a plan lies, and its counts. */
export interface PlanRef {
  readonly pageCount: number;
  readonly windowCount: number;
  readonly summary: PlanSummary;
}

/** One page of a plan. */
export interface PlanPage {
  readonly windows: readonly WindowTask[];
  readonly alone: readonly LoneCell[];
}

/** A cell that did not get there, with its reason. */
export interface CellTrouble {
  readonly dataset: DatasetId;
  readonly ticker: string;
  readonly date: PartitionDate;
  /** The last date, where one reason holds for all of an asset's cells of a window. */
  readonly to?: PartitionDate;
  readonly state: Extract<CellState, 'refused' | 'failed'>;
  readonly code: string;
  readonly reason: string;
}

/** How the cells of a window or run ended. */
export interface Tally {
  readonly published: number;
  readonly waiting: number;
  readonly refused: number;
  readonly failed: number;
  /** The first few that did not get there; the records know all. */
  readonly troubles: readonly CellTrouble[];
}

/** How a run behaves; from marketlake.yaml, so that a test can set its own. */
export interface RunOptions {
  readonly cellsAtOnce: number;
  readonly windowsAtOnce: number;
  /** How long trouble is retried before a cell or window fails. */
  readonly patienceSeconds: number;
  /** False on a server that lacks our search attributes: lists there cannot be filtered by cell. */
  readonly isSearchable: boolean;
}

/** Who a workflow works for. */
export interface RunContext {
  /** The lake's id, with which every workflow id and task queue begins. */
  readonly lake: string;
  /** The run's id without the lake's. */
  readonly run: string;
  readonly options: RunOptions;
}

/** Where a run stands, for whoever asks while it runs. */
export interface RunProgress {
  readonly summary: PlanSummary | null;
  readonly tally: Tally;
  /** Ids (without the lake's) of the windows that are open now; each answers `windowProgress`. */
  readonly openWindows: readonly string[];
  readonly step: 'planning' | 'cells' | 'model' | 'ended';
}

/** What a run ends with. */
export interface RunResult {
  readonly run: string;
  readonly summary: PlanSummary;
  readonly tally: Tally;
}

/** How many troubles a tally names. */
export const troublesNamed = 20;

/** The tally before anything happened. */
export const emptyTally: Tally = { published: 0, waiting: 0, refused: 0, failed: 0, troubles: [] };

/** Adds two tallies; only the first few troubles are named. */
export function addTallies(left: Tally, right: Tally): Tally {
  return {
    published: left.published + right.published,
    waiting: left.waiting + right.waiting,
    refused: left.refused + right.refused,
    failed: left.failed + right.failed,
    troubles: [...left.troubles, ...right.troubles].slice(0, troublesNamed),
  };
}

/** How many cells of a tally are settled, well or badly. */
export function settledCount(tally: Tally): number {
  return tally.published + tally.waiting + tally.refused + tally.failed;
}

/** The tally of one troubled cell. */
export function tallyOfTrouble(trouble: CellTrouble): Tally {
  return { ...emptyTally, [trouble.state]: 1, troubles: [trouble] };
}
