import type { ParquetColumn, ParquetValue } from '../../lake/parquet.ts';
import type { CellKey } from '../../workflows/pure/cell.ts';

const tickers = ['AAPL', 'BRK/B', '0700', 'NULL', 'EUR=X'];
const dates = ['2026-01-05', '2026-01-06', '2026-01-07'];

/** What the loop publishes: tickers that engines easily misread, on some dates. */
export const cells: readonly CellKey[] = tickers.flatMap((ticker) =>
  dates.map((date) => ({ dataset: 'massive.daily_bars', ticker, date })),
);

/** How many rows each file holds. */
export const rowsInFile = 3;

/** The columns of a file. */
export const columns: readonly ParquetColumn[] = [
  { name: 'ticker_id', type: 'string', nullable: true },
  { name: 'bar_date', type: 'date', nullable: true },
  { name: 'close', type: 'number', nullable: true },
];

/** The rows of a cell in one round. */
export function rowsOf(cell: CellKey, round: number): Record<string, ParquetValue>[] {
  return Array.from({ length: rowsInFile }, () => ({
    ticker_id: cell.ticker,
    bar_date: cell.date,
    close: round,
  }));
}
