import type { CellKey, CellState, DatasetId, PartitionDate } from './cell.ts';
import type { Covered } from './fallback.ts';
import { fateOf, type LeaveOut, type Paused, type TakenAct } from './steering.ts';
import type { QuotaWait } from './quota/wait.ts';

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
      /** The UTC day of which it takes the configured snapshots too, if that is today; absent: none. */
      readonly snapshotDate?: PartitionDate;
    }
  /** One day, and what failed or is missing in the week that ends with it. */
  | {
      readonly kind: 'daily';
      readonly date: PartitionDate;
      /** True where the day was named by a person: what is not final yet waits, instead of being left for later. */
      readonly isExplicit: boolean;
      /** The UTC day of which it takes the configured snapshots, if that is today; absent: none. */
      readonly snapshotDate?: PartitionDate;
    }
  /** Every refused or failed cell, or those of one run. */
  | { readonly kind: 'retry'; readonly of: string }
  /** Every cell that was judged under another contract, from its staged batch. */
  | {
      readonly kind: 'reaudit';
      /** The datasets, each with the hash of the contract that whoever asks has read. */
      readonly contracts: Readonly<Record<DatasetId, string>>;
      /** Only these; null: every asset. */
      readonly tickers: readonly string[] | null;
      /** Only these days; null: every day. */
      readonly range: { readonly from: PartitionDate; readonly to: PartitionDate } | null;
    };

/** Why a cell is judged again from its staged batch, with nothing fetched. */
export type JudgedAgainCause = 'contract' | 'acceptance';

/** Which planned look at a published cell: so many days after its day was final, or with all of its asset's history. */
export type Look = number | 'history';

/** What one window asks a source: a range of one symbol, one day of a whole market, or who leads now. */
export type WindowAsk =
  | {
      readonly kind: 'range';
      readonly symbol: string;
      readonly from: PartitionDate;
      readonly to: PartitionDate;
    }
  | { readonly kind: 'grouped'; readonly group: string; readonly date: PartitionDate }
  /** The first so many of a ranking, as it stands on a UTC day. */
  | { readonly kind: 'snapshot'; readonly top: number; readonly date: PartitionDate };

/** Points at a sealed batch of raw answers. */
export interface BatchRef {
  readonly id: string;
  readonly ingestionDate: PartitionDate;
}

/** One window of a plan; its cells are every ticker on every date. A snapshot's are known once it is staged. */
export interface WindowTask {
  /** Without the lake's id. */
  readonly id: string;
  readonly dataset: DatasetId;
  readonly ask: WindowAsk;
  readonly assets: readonly { readonly ticker: string; readonly symbol: string }[];
  readonly dates: readonly PartitionDate[];
  /** A batch that was staged before and is good for these cells: nothing is fetched. */
  readonly batch?: BatchRef;
  /** Set where its cells were judged before: nothing may be fetched for them. */
  readonly cause?: JudgedAgainCause;
  /** By ticker and date, those of its cells that are published and looked at again. */
  readonly looks?: Readonly<Record<string, Readonly<Record<PartitionDate, Look>>>>;
  /** Present where many cells are done together: those of a ticker's month, or a lot of a snapshot's members. */
  readonly grain?: 'month' | 'lot';
  /** How many requests it takes at the least; absent: one. */
  readonly pages?: number;
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
  /** Published cells that are looked at again, which `todo` does not count; absent: none. */
  readonly looks?: number;
  /** How many of those to do are done a month at a time; absent: none. */
  readonly byMonth?: number;
  /** Cells of fallbacks, which `todo` does not count: planned once the first source had failed; absent: none. */
  readonly fallbacks?: number;
  /** How many of those to do are of snapshots that are still to be taken, at the most; absent: none. */
  readonly ofSnapshots?: number;
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

/** A plan among those of a run: its own, and one for each addition. They are carried out one after the other. */
export interface PlanPart {
  /** Counts from 0. */
  readonly number: number;
  /** Under which name its pages lie: the execution that planned it. */
  readonly plannedBy: string;
  readonly pageCount: number;
  /** The first page that has not been carried out. */
  readonly nextPage: number;
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
  /** Left out by a person before they began: given up for a reason, or dropped from this run only. */
  readonly skipped: number;
  readonly dropped: number;
  /** The first few that did not get there; the records know all. */
  readonly troubles: readonly CellTrouble[];
}

/** How a run behaves; from marketlake.yaml, so that a test can set its own. */
export interface RunOptions {
  readonly cellsAtOnce: number;
  readonly windowsAtOnce: number;
  /** How long trouble is retried before a cell or window fails. */
  readonly patienceSeconds: number;
  /** Whether the report is written over a new warehouse; left out means yes. */
  readonly isReportWanted?: boolean;
  /** Daily runs pack raw answers and replaced files away that are older than so many days; left out means never. */
  readonly archiveAfterDays?: number;
  /** True where a source that fails has the next one of its asset asked, and some asset has one; left out means no. */
  readonly isFallbackWanted?: boolean;
  /** False on a server that lacks our search attributes: lists there cannot be filtered by cell. */
  readonly isSearchable: boolean;
  /** Sources whose requests a ledger counts and paces. */
  readonly meteredSources: readonly string[];
  /** Present where somebody wants to be told of alerts; how long an attempt to tell waits for an answer. */
  readonly alerts?: { readonly answerWithinSeconds: number };
}

/** Who a workflow works for. */
export interface RunContext {
  /** The lake's id, with which every workflow id and task queue begins. */
  readonly lake: string;
  /** The run's id without the lake's. */
  readonly run: string;
  readonly options: RunOptions;
}

/** How a run ended. */
export interface RunEnd {
  readonly outcome: 'completed' | 'incomplete' | 'failed' | 'cancelled';
  readonly tally: Tally;
  readonly code?: string;
  readonly reason?: string;
  /** How many of the tally's refused and failed cells are of days that have a price from another source. */
  readonly covered?: number;
  /** What a person should know that is no reason to fail. */
  readonly note?: string;
}

/** Where a run stands, for whoever asks while it runs. */
export interface RunProgress {
  readonly summary: PlanSummary | null;
  readonly tally: Tally;
  /** Ids (without the lake's) of the windows that are open now; each answers `windowProgress`. */
  readonly openWindows: readonly string[];
  /** The wait for a quota that ends first, where a window waits for the next day or month. */
  readonly quotaWait: QuotaWait | null;
  readonly step: 'planning' | 'cells' | 'model' | 'ended';
  readonly steering: RunSteering;
}

/** What people have made of a run since it was started. */
export interface RunSteering {
  readonly paused: Paused | null;
  /** How many cells may run at once now. */
  readonly cellsAtOnce: number;
  /** The newest acts, oldest first. */
  readonly acts: readonly TakenAct[];
  /** Cells that were added, as requests of their own. */
  readonly added: readonly RunRequest[];
}

/** What a run ends with. */
export interface RunResult {
  readonly run: string;
  readonly summary: PlanSummary;
  readonly tally: Tally;
  /** Absent where no fallback stands in for what the tally calls refused or failed. */
  readonly covered?: Covered;
}

/** How many cells a window runs in one history; with more left it goes on in a fresh one. */
export const cellsInPage = 250;

/** How many troubles a tally names. */
export const troublesNamed = 20;

/** The tally before anything happened. */
export const emptyTally: Tally = {
  published: 0,
  waiting: 0,
  refused: 0,
  failed: 0,
  skipped: 0,
  dropped: 0,
  troubles: [],
};

/** Adds two tallies; only the first few troubles are named. */
export function addTallies(left: Tally, right: Tally): Tally {
  return {
    published: left.published + right.published,
    waiting: left.waiting + right.waiting,
    refused: left.refused + right.refused,
    failed: left.failed + right.failed,
    skipped: left.skipped + right.skipped,
    dropped: left.dropped + right.dropped,
    troubles: [...left.troubles, ...right.troubles].slice(0, troublesNamed),
  };
}

/** How many cells of a tally are settled, well or badly, or left out. */
export function settledCount(tally: Tally): number {
  const { published, waiting, refused, failed, skipped, dropped } = tally;
  return published + waiting + refused + failed + skipped + dropped;
}

/** Adds the counts of an addition to those of the plan before it. */
export function addSummaries(left: PlanSummary, right: PlanSummary): PlanSummary {
  const requests = { ...left.requests };
  for (const [source, count] of Object.entries(right.requests))
    requests[source] = (requests[source] ?? 0) + count;
  return {
    due: left.due + right.due,
    closed: left.closed + right.closed,
    published: left.published + right.published,
    skipped: left.skipped + right.skipped,
    waiting: left.waiting + right.waiting,
    todo: left.todo + right.todo,
    ...summed('looks', left, right),
    ...summed('byMonth', left, right),
    ...summed('fallbacks', left, right),
    ...summed('ofSnapshots', left, right),
    requests,
    from: left.from < right.from ? left.from : right.from,
    to: left.to > right.to ? left.to : right.to,
  };
}

function summed<Name extends 'looks' | 'byMonth' | 'fallbacks' | 'ofSnapshots'>(
  name: Name,
  left: PlanSummary,
  right: PlanSummary,
): { readonly [P in Name]?: number } {
  return positive(name, (left[name] ?? 0) + (right[name] ?? 0));
}

function positive<Name extends 'looks' | 'byMonth' | 'fallbacks' | 'ofSnapshots'>(
  name: Name,
  count: number,
): { readonly [P in Name]?: number } {
  return count <= 0 ? {} : ({ [name]: count } as { [P in Name]: number });
}

/** How many cells a run has in hand: to do, looked at again, of fallbacks, or waiting for their day. */
export function plannedCount({ todo, looks = 0, fallbacks = 0, waiting }: PlanSummary): number {
  return todo + looks + fallbacks + waiting;
}

/** The tally of one troubled cell. */
export function tallyOfTrouble(trouble: CellTrouble): Tally {
  return { ...emptyTally, [trouble.state]: 1, troubles: [trouble] };
}

/** A cell of a window, with the source's name of its asset. */
export type CellOfWindow = CellKey & { readonly symbol: string };

/** Every cell of a window. */
export function cellsOf({ dataset, assets, dates }: WindowTask): CellOfWindow[] {
  return assets.flatMap(({ ticker, symbol }) => dates.map((date) => ({ dataset, ticker, symbol, date })));
}

/** How many cells a window is expected to have: of a snapshot that is not staged yet as many as are asked for. */
export function expectedCells({ ask, assets, dates, batch }: WindowTask): number {
  return ask.kind === 'snapshot' && !batch ? ask.top : assets.length * dates.length;
}

/** Corrects the counts of a plan by a window whose cells were not known before: those of a snapshot. */
export function withFound(summary: PlanSummary, task: WindowTask, tally: Tally): PlanSummary {
  if (task.ask.kind !== 'snapshot' || task.batch) return summary;
  const expected = expectedCells(task);
  const more = settledCount(tally) - expected;
  const { byMonth = 0, ofSnapshots = 0, ...others } = summary;
  return {
    ...others,
    due: summary.due + more,
    todo: summary.todo + more,
    ...positive('byMonth', byMonth + more),
    ...positive('ofSnapshots', ofSnapshots - expected),
  };
}

/** Which planned look a cell of a window is; undefined where it is none. */
export function lookOf({ looks }: WindowTask, { ticker, date }: Omit<CellKey, 'dataset'>): Look | undefined {
  return looks?.[ticker]?.[date];
}

/** Counts those cells of a part of a plan that people left out. */
export function leftOutTally(cells: readonly CellKey[], leaveOuts: readonly LeaveOut[], part: number): Tally {
  if (leaveOuts.length === 0) return emptyTally;
  const fates = cells.map((cell) => fateOf(cell, leaveOuts, part));
  const count = (fate: LeaveOut['fate']): number => fates.filter((each) => each === fate).length;
  return { ...emptyTally, skipped: count('skipped'), dropped: count('dropped') };
}
