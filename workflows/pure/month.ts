import type { CellKey, PartitionDate } from './cell.ts';
import { lookOf, type BatchRef, type Look, type WindowTask } from './run.ts';

/** The cells of one ticker's month that are done together, from one batch. */
export interface MonthCells extends Omit<CellKey, 'date'> {
  readonly symbol: string;
  readonly batch: BatchRef;
  /** Ascending, all of one month. */
  readonly dates: readonly PartitionDate[];
  /** Set where all of them are published and looked at again. */
  readonly look?: Look;
}

/** Cuts a window's cells into the months of each ticker. */
export function monthsOf(task: WindowTask, batch: BatchRef): MonthCells[] {
  const { dataset, assets, dates } = task;
  const byMonth = new Map<string, PartitionDate[]>();
  for (const date of dates) {
    const own = byMonth.get(date.slice(0, 7));
    if (own) own.push(date);
    else byMonth.set(date.slice(0, 7), [date]);
  }
  return assets.flatMap(({ ticker, symbol }) =>
    [...byMonth.values()].map((own) => {
      const look = lookOf(task, { ticker, date: own[0] ?? '' });
      return { dataset, ticker, symbol, batch, dates: own, ...(look === undefined ? {} : { look }) };
    }),
  );
}

/** So many of a month's cells are in hand at one time, in its longest step. */
const cellsOfMonthAtOnce = 8;

/** How many months may run at once where so many cells may: one at least, unless no cell may. */
export function monthsAtOnce(cellsAtOnce: number): number {
  if (cellsAtOnce <= 0) return 0;
  return Math.max(1, Math.floor(cellsAtOnce / cellsOfMonthAtOnce));
}
