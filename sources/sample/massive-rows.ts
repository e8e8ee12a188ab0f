import { midnightUtcMs } from '../../workflows/pure/cell.ts';
import type { Json } from './answer.ts';
import { newYorkHourMs } from './new-york.ts';
import type { ToldBar } from './tape.ts';

/** Which instant stands for a day: ranges stamp its start, grouped answers its end. */
export type Stamp = 'stock-start' | 'stock-end' | 'fx-start' | 'fx-end';

/** The stamp of a day, in milliseconds. */
export function stampMs(date: string, stamp: Stamp): number {
  switch (stamp) {
    case 'stock-start':
      return newYorkHourMs(date, 0);
    case 'stock-end':
      return newYorkHourMs(date, 16);
    case 'fx-start':
      return midnightUtcMs(date);
    case 'fx-end':
      return midnightUtcMs(date) + 86_399_999;
  }
}

/** Writes a bar as one row of Massive's `results`. What the market does not tell has no key. */
export function barRow(bar: ToldBar, stamp: Stamp, ticker?: string): Json {
  return {
    T: ticker,
    v: bar.volume,
    vw: bar.average ?? undefined,
    o: bar.open,
    c: bar.close,
    h: bar.high,
    l: bar.low,
    t: stampMs(bar.date, stamp),
    n: bar.trades ?? undefined,
  };
}

/** Wraps rows as Massive does: with no row there is no `results` at all. */
export function rowsBody(rows: readonly Json[], adjusted: boolean, requestId: string): Record<string, Json> {
  return {
    queryCount: rows.length,
    resultsCount: rows.length,
    adjusted,
    status: 'OK',
    request_id: requestId,
    count: rows.length,
    results: rows.length === 0 ? undefined : rows,
  };
}
