import { partitionId } from '../../workflows/pure/ids.ts';
import type { CellOfReport, ReportData } from './report-data.ts';

/**
 * What runs while a page is written, which no record tells: ids of the workflows of cells that are open, without the
 * lake's; null where nobody could say.
 */
export type RunningIds = readonly string[] | null;

/** What is published stays published while it is fetched again; what waits for its day only waits. */
const maybeRunning: ReadonlySet<string> = new Set(['missing', 'failed', 'refused', 'skipped']);

/** Shows the cells of the newest days whose workflow is open as running. */
export function withRunning(data: ReportData, running: RunningIds): ReportData {
  if (running === null || running.length === 0) return data;
  const open = new Set(running);
  const runs = ({ ticker, price_date: date, dataset, state }: CellOfReport): boolean =>
    maybeRunning.has(state) && open.has(partitionId({ ticker, date, dataset }));
  const found = data.recentCells.filter(runs);
  const moved = (state: string): number => found.filter((cell) => cell.state === state).length;
  return {
    ...data,
    recentCells: data.recentCells.map((cell) =>
      runs(cell) ? { ...cell, state: 'running', reason: null, workflow_id: partitionOf(cell) } : cell,
    ),
    states: [
      ...data.states.map((count) => ({ ...count, cells: count.cells - moved(count.state) })),
      ...(found.length > 0 ? [{ state: 'running', cells: found.length, restated: 0, accepted: 0 }] : []),
    ],
  };
}

function partitionOf({ ticker, price_date: date, dataset }: CellOfReport): string {
  return partitionId({ ticker, date, dataset });
}
