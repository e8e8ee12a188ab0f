import { midnightUtcMs } from '../../workflows/pure/cell.ts';
import type { Json } from './answer.ts';
import { newYorkHourMs } from './new-york.ts';
import { sharesBecome } from './share-actions.ts';
import type { ToldBar, ToldValue } from './tape.ts';

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

/** A bar with every split taken out that there was up to a day, as Massive tells it unless asked otherwise. */
export function splitAdjusted(symbol: string, bar: ToldBar, until: string): ToldBar {
  const shares = sharesBecome(symbol, bar.date, until);
  if (shares === 1) return bar;
  const over = (value: ToldValue): ToldValue =>
    typeof value === 'number' ? Math.round((value / shares) * 10_000) / 10_000 : value;
  const { open, high, low, close, average } = bar;
  return {
    ...bar,
    ...{ open: over(open), high: over(high), low: over(low), close: over(close), average: over(average) },
    volume: typeof bar.volume === 'number' ? bar.volume * shares : bar.volume,
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
