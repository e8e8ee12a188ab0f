import type { OpenLake } from '../command/lake-client.ts';
import { cellsOfRequest, type CellStanding } from '../run/cells-of-request.ts';
import { earliestDate, type PlannedAsset } from '../../plan/due-cells.ts';
import { isMonthId, monthOf, partitionId, withoutBatch } from '../../workflows/pure/ids.ts';
import type { CellState } from '../../workflows/pure/cell.ts';
import type { StatusRange } from './status-range.ts';

/**
 * Reads from the records how every cell of a range stands. Days that a source gives no more are shown too:
 * as they are in the lake, or as skipped where they can never come.
 */
export async function standingsOf(lake: OpenLake, range: StatusRange, now: Date): Promise<CellStanding[]> {
  const assets = await lake.planned(now);
  const endless = async (): Promise<readonly PlannedAsset[]> =>
    assets.map((asset) => ({ ...asset, historyDays: null }));
  const { from, to, tickers } = range;
  const request = { kind: 'backfill', range: { from, to }, tickers, force: false, clip: true } as const;
  const cells = await cellsOfRequest({ ...lake, planned: endless }, request, now);
  const earliest = new Map(assets.map((asset) => [asset.ticker, earliestDate(asset, now)]));
  return cells.map((cell) => beyondReach(cell, earliest.get(cell.ticker) ?? null));
}

function beyondReach(cell: CellStanding, earliest: string | null): CellStanding {
  if (cell.state !== 'missing' || earliest === null || cell.date >= earliest) return cell;
  return {
    ...cell,
    state: 'skipped',
    reason: `${cell.dataset} gives nothing before ${earliest} on its plan`,
  };
}

/**
 * Shows the cells whose workflow is open as running; one that only waits for its day keeps waiting. Where a month is
 * open, those of its cells run that are neither published nor given up yet.
 */
export function withRunning(cells: readonly CellStanding[], openIds: ReadonlySet<string>): CellStanding[] {
  const openMonths = new Set([...openIds].filter(isMonthId).map(withoutBatch));
  return cells.map((cell) => {
    const isInMonth = !settled.has(cell.state) && openMonths.has(monthOf(cell));
    if (cell.state === 'waiting' || (!isInMonth && !openIds.has(partitionId(cell)))) return cell;
    const { dataset, ticker, date } = cell;
    return { dataset, ticker, date, state: 'running' };
  });
}

const settled: ReadonlySet<CellState> = new Set(['published', 'closed', 'skipped']);
