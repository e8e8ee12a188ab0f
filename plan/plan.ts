import type { PartitionDate } from '../workflows/pure/cell.ts';
import { splitDataset } from '../workflows/pure/cell.ts';
import type { LoneCell, PlanPage, PlanSummary, RunRequest, WindowTask } from '../workflows/pure/run.ts';
import type { DueCell } from './due-cells.ts';
import { cellsByMonth, inLanes } from './lanes.ts';
import { isWholeDay } from './planned-snapshots.ts';
import { planWindows } from './windows.ts';

/** What a run sets out to do. */
export interface Plan {
  readonly summary: PlanSummary;
  readonly windows: readonly WindowTask[];
  /** Cells whose day is not final yet. */
  readonly alone: readonly LoneCell[];
  /** Closed days that the lake does not know to be closed yet. */
  readonly newlyClosed: readonly DueCell[];
  /** Cells that this plan gives up, with the reason. */
  readonly newlySkipped: readonly DueCell[];
}

const windowsOnPage = 20;
const aloneOnPage = 200;

/** How many pages a plan takes: a run works through one page at a time, each in a fresh history. */
export function pageCountOf({ windows, alone }: Pick<Plan, 'windows' | 'alone'>): number {
  return Math.max(Math.ceil(windows.length / windowsOnPage), Math.ceil(alone.length / aloneOnPage));
}

/** One page of a plan; pages count from 0. */
export function pageOf({ windows, alone }: Pick<Plan, 'windows' | 'alone'>, page: number): PlanPage {
  return {
    windows: windows.slice(page * windowsOnPage, (page + 1) * windowsOnPage),
    alone: alone.slice(page * aloneOnPage, (page + 1) * aloneOnPage),
  };
}

/** Turns decided cells into windows, waiting cells and counts. */
export function makePlan(request: RunRequest, cells: readonly DueCell[], today: PartitionDate): Plan {
  const isForced = request.kind === 'backfill' && request.force;
  const todo = cells.filter((cell) => cell.fate.kind === 'todo');
  const looks = cells.filter((cell) => cell.fate.kind === 'look');
  const windows = inLanes(planWindows([...todo, ...looks], isForced), request, todo.length);
  return {
    summary: summarize(cells, windows, today),
    windows,
    alone: cells.flatMap(loneCell),
    newlyClosed: cells.filter((cell) => cell.fate.kind === 'closed' && cell.known?.state !== 'closed'),
    newlySkipped: cells.filter(({ fate }) => fate.kind === 'skipped' && fate.reason !== undefined),
  };
}

function loneCell({ asset, date, fate }: DueCell): LoneCell[] {
  if (fate.kind !== 'waiting') return [];
  return [{ dataset: asset.dataset, ticker: asset.ticker, symbol: asset.symbol, date, until: fate.until }];
}

function summarize(
  cells: readonly DueCell[],
  windows: readonly WindowTask[],
  today: PartitionDate,
): PlanSummary {
  const counts = { closed: 0, published: 0, skipped: 0, waiting: 0, todo: 0, look: 0 };
  // A look reaches a month back, and is none of the days that were asked for.
  const first = cells.find(({ fate }) => fate.kind !== 'look')?.date ?? today;
  let [from, to] = [first, first];
  let ofSnapshots = 0;
  for (const { asset, date, fate } of cells) {
    const isToTake = fate.kind === 'todo' && isWholeDay(asset);
    counts[fate.kind] += isToTake ? (asset.top ?? 1) : 1;
    if (isToTake) ofSnapshots += asset.top ?? 1;
    if (fate.kind === 'look') continue;
    if (date < from) from = date;
    if (date > to) to = date;
  }
  const byMonth = cellsByMonth(windows);
  const { look: looks, ...fates } = counts;
  return {
    due: Object.values(fates).reduce((sum, count) => sum + count, 0),
    ...fates,
    ...(looks > 0 ? { looks } : {}),
    ...(byMonth > 0 ? { byMonth } : {}),
    ...(ofSnapshots > 0 ? { ofSnapshots } : {}),
    requests: requestsBySource(windows),
    from,
    to,
  };
}

function requestsBySource(windows: readonly WindowTask[]): Record<string, number> {
  const requests: Record<string, number> = {};
  for (const window of windows) {
    if (window.batch) continue;
    const { source } = splitDataset(window.dataset);
    requests[source] = (requests[source] ?? 0) + (window.pages ?? 1);
  }
  return requests;
}
