import type { DatasetId, PartitionDate } from '../workflows/pure/cell.ts';
import { closedRecordsFolder } from './layout.ts';
import { appendRecord } from './records.ts';
import type { Store } from './store.ts';

/** A cell that no record knows yet, and why its day is closed. */
export interface ClosedCell {
  readonly dataset: DatasetId;
  readonly ticker: string;
  readonly date: PartitionDate;
  readonly reason: string;
}

/** Days that some tickers of a dataset have closed for one reason: every ticker on every date. */
interface ClosedDays {
  readonly dataset: DatasetId;
  readonly reason: string;
  readonly tickers: string[];
  readonly dates: readonly PartitionDate[];
}

/**
 * Records the closed days that a plan found, all in one entry: a third of all cells of a stock are closed, and a
 * folder for each would take minutes and gigabytes where the days are those of a calendar that hundreds share. In the
 * index they are record 0 of their cells, below anything that is ever recorded of the cell itself.
 */
export async function recordClosedDays(
  store: Store,
  about: { readonly run: string; readonly workflowRunId: string; readonly recordedAt: string },
  cells: readonly ClosedCell[],
): Promise<void> {
  if (cells.length === 0) return;
  await appendRecord(store, closedRecordsFolder(about.run), {
    ...about,
    event: 'closed',
    days: togetherByDates(cells),
  });
}

function togetherByDates(cells: readonly ClosedCell[]): ClosedDays[] {
  const lots = new Map<string, { cell: ClosedCell; dates: PartitionDate[] }>();
  for (const cell of cells) {
    const key = JSON.stringify([cell.dataset, cell.ticker, cell.reason]);
    const lot = lots.get(key);
    if (lot) lot.dates.push(cell.date);
    else lots.set(key, { cell, dates: [cell.date] });
  }
  const together = new Map<string, ClosedDays>();
  for (const { cell, dates } of lots.values()) {
    const { dataset, reason, ticker } = cell;
    const key = JSON.stringify([dataset, reason, dates]);
    const alike = together.get(key);
    if (alike) alike.tickers.push(ticker);
    else together.set(key, { dataset, reason, tickers: [ticker], dates });
  }
  return [...together.values()];
}
