import type { PartitionDate } from '../workflows/pure/cell.ts';
import { splitDataset } from '../workflows/pure/cell.ts';
import type { LoneCell, PlanSummary, RunRequest, WindowTask } from '../workflows/pure/run.ts';
import type { DueCell } from './due-cells.ts';
import { cellsByMonth, inLanes } from './lanes.ts';
import { planWindows } from './windows.ts';

/** What a run sets out to do. */
export interface Plan {
  readonly summary: PlanSummary;
  readonly windows: readonly WindowTask[];
  /** Cells whose day is not final yet. */
  readonly alone: readonly LoneCell[];
  /** Closed days that the lake does not know to be closed yet. */
  readonly newlyClosed: readonly DueCell[];
}

/** Turns decided cells into windows, waiting cells and counts. */
export function makePlan(request: RunRequest, cells: readonly DueCell[], today: PartitionDate): Plan {
  const isForced = request.kind === 'backfill' && request.force;
  const todo = cells.filter((cell) => cell.fate.kind === 'todo');
  const windows = inLanes(planWindows(todo, isForced), request, todo.length);
  return {
    summary: summarize(cells, windows, today),
    windows,
    alone: cells.flatMap(loneCell),
    newlyClosed: cells.filter((cell) => cell.fate.kind === 'closed' && cell.known?.state !== 'closed'),
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
  const count = (kind: DueCell['fate']['kind']): number =>
    cells.filter((cell) => cell.fate.kind === kind).length;
  const dates = cells.map((cell) => cell.date).sort();
  const byMonth = cellsByMonth(windows);
  return {
    due: cells.length,
    closed: count('closed'),
    published: count('published'),
    skipped: count('skipped'),
    waiting: count('waiting'),
    todo: count('todo'),
    ...(byMonth > 0 ? { byMonth } : {}),
    requests: requestsBySource(windows),
    from: dates[0] ?? today,
    to: dates.at(-1) ?? today,
  };
}

function requestsBySource(windows: readonly WindowTask[]): Record<string, number> {
  const requests: Record<string, number> = {};
  for (const window of windows) {
    if (window.batch) continue;
    const { source } = splitDataset(window.dataset);
    requests[source] = (requests[source] ?? 0) + 1;
  }
  return requests;
}
