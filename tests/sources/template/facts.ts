import type { ApiFacts } from '../conformance/facts-shape.ts';

/** What the suite must be told of Harbour: an entry like this one goes into tests/sources/conformance/facts.ts. */
export const harbourFacts: ApiFacts = {
  badKey: 'KeyRefused',
  planRefusal: 'RangeRefused',
  resources: {
    daily_prices: {
      kind: 'range',
      symbol: 'bitcoin',
      asset: { kind: 'crypto', symbol: 'bitcoin' },
      unknown: { symbol: 'no-such-coin', outcome: 'SymbolUnknown' },
      pages: 'further pages',
      closedDay: { lacks: 'coins trade every day' },
      emptyRange: 'no rows',
      tooOld: 'RangeRefused',
      deviation: 0.0005,
      rowOf: ({ close }) => ({ close }),
    },
  },
};
