import { expectedCells, type RunRequest, type WindowTask } from '../workflows/pure/run.ts';

/** From so many cells on, a backfill goes by the month unless a person says otherwise. */
const cellsForMonths = 2_000;

/**
 * Chooses the lane of each window. One workflow for each cell is right for a day and for what needs care; long history
 * goes by the ticker's month. Only windows over a range can: a market's day has one cell of each ticker.
 */
export function inLanes(
  windows: readonly WindowTask[],
  request: RunRequest,
  cellsToDo: number,
): WindowTask[] {
  const isLong = isByMonth(request, cellsToDo);
  return windows.map((window) =>
    window.ask.kind === 'range' && (isLong || isHistory(window)) ? { ...window, grain: 'month' } : window,
  );
}

/** A whole history is looked at again: years of one asset, which is none of a day's care. */
function isHistory({ looks }: WindowTask): boolean {
  return Object.values(looks ?? {}).some((dated) => Object.values(dated).includes('history'));
}

/** How many cells of a plan are done together: a month, or a lot of a snapshot's, at a time. */
export function cellsByMonth(windows: readonly WindowTask[]): number {
  return windows
    .filter(({ grain }) => grain !== undefined)
    .reduce((count, window) => count + expectedCells(window), 0);
}

function isByMonth(request: RunRequest, cellsToDo: number): boolean {
  if (request.kind !== 'backfill') return false;
  const grain = request.grain ?? 'auto';
  return grain === 'auto' ? cellsToDo >= cellsForMonths : grain === 'month';
}
