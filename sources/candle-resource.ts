import { addDays, isPartitionDate, midnightUtcMs, utcDateOf } from '../workflows/pure/cell.ts';
import { sendGet, type RefusalOf } from './http.ts';
import { wrongShape } from './read-json.ts';
import { indexRows, readByDay, rememberPages, type RowIndex } from './remember.ts';
import { cannotAsk } from './request-path.ts';
import type { Ask, Coverage, Resource, SourceRow } from './source.ts';

/** The days of one symbol that are asked for. */
export type RangeAsk = Extract<Ask, { readonly kind: 'range' }>;

/** One candle as an exchange gave it. */
export interface Candle {
  /** The instant at which its day starts, which names the day. */
  readonly startMs: number;
  readonly row: SourceRow;
}

/** What tells the daily candles of one exchange from those of another. */
export interface CandleApi {
  /** The source's name. */
  readonly source: string;
  readonly maxRangeDays: number;
  /** True where an answer always goes on to the candle that is still open. */
  readonly rangeEndsToday: boolean;
  /** Builds path and query for a range whose dates and order are checked. */
  targetOf(ask: RangeAsk): string;
  /** Names the quote of a pair, which its prices are counted in, where its name tells. */
  currencyOf(symbol: string): string | undefined;
  /** Says what a status below 500 means that is no success. */
  readonly refusalOf: RefusalOf;
  /**
   * Reads the candles of one answer, in any order.
   * @throws SourceError `WrongShape`, or the refusal that a body with status 200 holds.
   */
  read(body: Uint8Array, ask: RangeAsk, what: string): readonly Candle[];
}

const dayMs = 86_400_000;

/** Builds the resource `daily_candles` of an exchange that needs no key: one request a range, one page. */
export function candleResource(api: CandleApi): Resource {
  const indexOf = rememberPages((body, ask) => readCandles(api, body, ask));
  return {
    coverage: coverageOf(api),
    currencyOf: (symbol) => api.currencyOf(symbol),
    firstPage: (ask) => ({ target: api.targetOf(checkedRange(api, ask)) }),
    send: (request, access) =>
      sendGet(request, access, { source: api.source, headers: {}, refusalOf: api.refusalOf }),
    ...readByDay(indexOf),
  };
}

function coverageOf({ maxRangeDays, rangeEndsToday }: CandleApi): Coverage {
  return { maxRangeDays, rangeEndsToday, groupOf: () => null };
}

function checkedRange({ source }: CandleApi, ask: Ask): RangeAsk {
  if (ask.kind !== 'range') {
    throw cannotAsk(source, 'it has no whole-market day', 'Ask for one pair and a range of dates.');
  }
  const { from, to } = ask;
  if (isPartitionDate(from) && isPartitionDate(to) && from <= to) return ask;
  throw cannotAsk(
    source,
    `${from}..${to} is no range of dates`,
    'Ask for a first day that is not after the last.',
  );
}

/**
 * Indexes the candles by day. Exchanges also answer with days nobody asked for, and with the one that is still
 * open: neither is kept, since the open one's close is no close.
 */
function readCandles(api: CandleApi, body: Uint8Array, ask: Ask): RowIndex {
  const range = checkedRange(api, ask);
  const what = `an answer of ${api.source} daily_candles for ${range.symbol}`;
  const end = midnightUtcMs(range.to < range.today ? addDays(range.to, 1) : range.today);
  const start = midnightUtcMs(range.from);
  const candles = api.read(body, range, what);
  const askew = candles.find(({ startMs }) => startMs % dayMs !== 0);
  if (askew !== undefined) {
    const found = `the candle stamped ${new Date(askew.startMs).toISOString()} does not start at midnight UTC`;
    throw wrongShape(what, found, body);
  }
  return indexRows(
    candles.filter(({ startMs }) => startMs >= start && startMs < end),
    ({ startMs }) => utcDateOf(startMs),
    ({ row }) => row,
  );
}
