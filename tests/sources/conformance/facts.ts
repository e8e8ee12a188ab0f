import type { SampleSource } from '../../../sources/sample/apis.ts';
import type { ApiFacts } from './facts-shape.ts';

/**
 * What the suite must be told of each registered API. An API that is played and has no entry does not compile; one that
 * is registered and has none, or a resource without, fails with a sentence.
 */
export const factsOfApis = {
  coingecko: {
    badKey: 'KeyRefused',
    planRefusal: 'RangeRefused',
    resources: {
      market_chart: {
        kind: 'range',
        symbol: 'bitcoin',
        asset: { kind: 'crypto', symbol: 'bitcoin' },
        unknown: { symbol: 'no-such-coin', outcome: 'SymbolUnknown' },
        pages: { lacks: 'a year of daily points is one answer' },
        closedDay: { lacks: 'coins trade every day' },
        emptyRange: 'no rows',
        tooOld: 'RangeRefused',
        deviation: 0,
        rowOf: ({ close, volume }) => ({ close, volume }),
      },
      markets: {
        kind: 'snapshot',
        top: 500,
        pages: 'further pages',
        member: 'bitcoin',
        asset: { kind: 'crypto', symbol: 'bitcoin' },
        deviation: 0,
        rowOf: ({ close, volume, high, low }) => ({ price: close, volume, high_24h: high, low_24h: low }),
      },
    },
  },
  massive: {
    badKey: 'KeyRefused',
    planRefusal: 'RangeRefused',
    resources: {
      daily_bars: {
        kind: 'range',
        symbol: 'AAPL',
        asset: { kind: 'stock', symbol: 'AAPL' },
        unknown: { symbol: 'NOSUCH', outcome: 'no rows' },
        pages: 'further pages',
        closedDay: 'no rows',
        emptyRange: 'no rows',
        tooOld: 'RangeRefused',
        deviation: 0,
        rowOf: ({ close, open, high, low, volume }) => ({ close, open, high, low, volume }),
      },
      splits: { kind: 'events', since: '2025-01-01', member: 'us-stocks' },
      dividends: { kind: 'events', since: '2025-01-01', member: 'us-stocks' },
    },
  },
  coinbase: {
    badKey: { lacks: 'what is public needs no key' },
    planRefusal: { lacks: 'there are no plans' },
    resources: {
      daily_candles: {
        kind: 'range',
        symbol: 'BTC-USD',
        asset: { kind: 'crypto', symbol: 'bitcoin' },
        unknown: { symbol: 'NOSUCH-USD', outcome: 'SymbolUnknown' },
        pages: { lacks: 'a range beyond 300 candles is refused, so the plan cuts it' },
        closedDay: { lacks: 'coins trade every day' },
        emptyRange: 'no rows',
        tooOld: { lacks: 'it goes back to the first trade of a pair' },
        deviation: 0.0005,
        rowOf: ({ close, open, high, low }) => ({ close, open, high, low }),
      },
    },
  },
  binance: {
    badKey: { lacks: 'what is public needs no key' },
    // It refuses places, not plans.
    planRefusal: 'RequestRefused',
    resources: {
      daily_candles: {
        kind: 'range',
        symbol: 'BTCUSDT',
        asset: { kind: 'crypto', symbol: 'bitcoin' },
        unknown: { symbol: 'NOSUCHUSDT', outcome: 'SymbolUnknown' },
        pages: { lacks: 'a range beyond 1,000 candles is cut off, so the plan cuts it before' },
        closedDay: { lacks: 'coins trade every day' },
        emptyRange: 'no rows',
        tooOld: { lacks: 'it goes back to the first trade of a pair' },
        // A USDT is not quite a dollar.
        deviation: 0.02,
        rowOf: ({ close, open, high, low, volume }) => ({ close, open, high, low, quote_volume: volume }),
      },
    },
  },
  kraken: {
    badKey: { lacks: 'what is public needs no key' },
    planRefusal: { lacks: 'there are no plans' },
    resources: {
      daily_candles: {
        kind: 'range',
        symbol: 'XBTUSD',
        asset: { kind: 'crypto', symbol: 'bitcoin' },
        unknown: { symbol: 'NOSUCHUSD', outcome: 'SymbolUnknown' },
        pages: { lacks: 'it has the newest 720 candles and nothing else' },
        closedDay: { lacks: 'coins trade every day' },
        emptyRange: 'no rows',
        tooOld: 'RangeRefused',
        deviation: 0.0005,
        rowOf: ({ close, open, high, low }) => ({ close, open, high, low }),
      },
    },
  },
  coincap: {
    badKey: 'KeyRefused',
    // The status of a plan's refusal is that of a bad key, and its bodies are documented nowhere.
    planRefusal: 'KeyRefused',
    resources: {
      history: {
        kind: 'range',
        symbol: 'bitcoin',
        asset: { kind: 'crypto', symbol: 'bitcoin' },
        unknown: { symbol: 'no-such-coin', outcome: 'SymbolUnknown' },
        pages: { lacks: 'its last version gave 2,000 days at once, and the plan asks for half of that' },
        closedDay: { lacks: 'coins trade every day' },
        emptyRange: 'no rows',
        tooOld: { lacks: 'it goes back to its first day of a coin' },
        deviation: 0.0004,
        rowOf: ({ open, high, low, close }) => ({ close: (open + high + low + close) / 4 }),
      },
      assets: {
        kind: 'snapshot',
        top: 100,
        pages: { lacks: 'a page holds 2,000 coins, and no more than 1,000 are asked for' },
        member: 'bitcoin',
        asset: { kind: 'crypto', symbol: 'bitcoin' },
        deviation: 0.0004,
        rowOf: ({ close, volume }) => ({ price: close, volume }),
      },
    },
  },
  coinpaprika: {
    badKey: 'KeyRefused',
    planRefusal: 'RangeRefused',
    resources: {
      historical: {
        kind: 'range',
        symbol: 'btc-bitcoin',
        asset: { kind: 'crypto', symbol: 'bitcoin' },
        unknown: { symbol: 'nsc-no-such-coin', outcome: 'SymbolUnknown' },
        pages: { lacks: 'an answer holds 5,000 days' },
        closedDay: { lacks: 'coins trade every day' },
        emptyRange: 'no rows',
        tooOld: 'RangeRefused',
        deviation: 0.0004,
        rowOf: ({ open, high, low, close, volume }) => ({ close: (open + high + low + close) / 4, volume }),
      },
      tickers: {
        kind: 'snapshot',
        top: 100,
        pages: { lacks: 'one answer is the whole list' },
        member: 'btc-bitcoin',
        asset: { kind: 'crypto', symbol: 'bitcoin' },
        deviation: 0.0004,
        rowOf: ({ close, volume }) => ({ price: close, volume }),
      },
    },
  },
  frankfurter: {
    badKey: { lacks: 'it knows no keys' },
    planRefusal: { lacks: 'there are no plans' },
    resources: {
      daily_rates: {
        kind: 'range',
        symbol: 'EURUSD',
        asset: { kind: 'fx', symbol: 'C:EURUSD' },
        unknown: { symbol: 'EURXXX', outcome: 'SymbolUnknown' },
        pages: { lacks: 'a range is one answer' },
        // It answers a weekend with the Friday before, under its own date.
        closedDay: 'rows',
        ownHolidays: ['2025-12-25', '2025-12-26', '2026-01-01', '2026-04-03', '2026-04-06', '2026-05-01'],
        // A range without a fixing is told as a pair without one is.
        emptyRange: 'SymbolUnknown',
        tooOld: { lacks: 'it goes back to the first day of the euro' },
        // A thousandth, and what rounding to five decimals adds.
        deviation: 0.00102,
        rowOf: ({ close }) => ({ close }),
      },
    },
  },
} as const satisfies Readonly<Record<SampleSource, ApiFacts>>;

/** Registered sources that are no API, and why the suite has no questions for them. */
export const factsOfLocalSources: Readonly<Record<string, string>> = {
  csv: 'a file on the local disk has no key, no plan, no limit and no pages; what can be wrong with its bytes is tried in tests/sources/csv.test.ts',
};
