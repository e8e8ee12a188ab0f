import { encodeParquet } from '../../../lake/parquet.ts';
import { publishCandidate, writeCandidate, type Publication } from '../../../lake/publish.ts';
import type { Store } from '../../../lake/store.ts';
import type { CellKey } from '../../../workflows/pure/cell.ts';

/** A cell of one stock. */
export function stockCell(ticker: string, date = '2026-01-05'): CellKey {
  return { dataset: 'massive.daily_bars', ticker, date };
}

/** What a publication says beyond its content. */
export const facts = { recordedAt: '2026-01-06T07:00:00.000Z', run: 'daily/2026-01-05' };

/** A real Parquet file of one row, whose bytes differ by cell and close. */
export function cellFile(cell: CellKey, close: number): Uint8Array {
  const columns = [
    { name: 'ticker_id', type: 'string', nullable: true },
    { name: 'bar_date', type: 'date', nullable: true },
    { name: 'close', type: 'number', nullable: true },
  ] as const;
  return encodeParquet(columns, [{ ticker_id: cell.ticker, bar_date: cell.date, close }], { close });
}

/** Writes and publishes one attempt's file, as the two activities do. */
export async function publishFile(store: Store, cell: CellKey, attempt: string, bytes: Uint8Array): Promise<Publication> {
  return publishCandidate(store, cell, await writeCandidate(store, cell, attempt, bytes, 1), facts);
}
