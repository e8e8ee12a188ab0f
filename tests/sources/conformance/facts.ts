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
    },
  },
} as const satisfies Readonly<Record<SampleSource, ApiFacts>>;

/** Registered sources that are no API, and why the suite has no questions for them. */
export const factsOfLocalSources: Readonly<Record<string, string>> = {
  csv: 'a file on the local disk has no key, no plan, no limit and no pages; what can be wrong with its bytes is tried in tests/sources/csv.test.ts',
};
