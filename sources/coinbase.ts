import { z } from 'zod';
import { candleResource, type Candle, type RangeAsk } from './candle-resource.ts';
import { coinbaseRefusalOf } from './coinbase-refusal.ts';
import { instantSeconds, listOf, marketNumber, readJson } from './read-json.ts';
import { pathSegment } from './request-path.ts';
import type { Source } from './source.ts';
import type { UsualApi } from './usual.ts';

const name = 'coinbase';
/** The API's own maximum of candles an answer. */
const maxRangeDays = 300;

/** Half of what its public limit lets an address ask, so that whoever else asks from it has room. A candle is whole as midnight passes. */
const usual: UsualApi = {
  isLocal: false,
  baseUrl: 'https://api.exchange.coinbase.com',
  final: { time: '00:05', timeZone: 'UTC' },
  key: { need: 'none' },
  plan: { requestsPerMinute: 300, requestsPerDay: null, requestsPerMonth: null, historyDays: null },
};

/** Seconds, LOW, HIGH, open, close, volume: the order of this API and of no other. */
const candle = z.tuple([
  instantSeconds,
  marketNumber,
  marketNumber,
  marketNumber,
  marketNumber,
  marketNumber,
]);
const candles = listOf(candle);

/** Builds the source `coinbase`: daily candles of Coinbase Exchange, in a product's own quote currency. */
export function coinbaseSource(): Source {
  const daily_candles = candleResource({
    source: name,
    maxRangeDays,
    rangeEndsToday: false,
    targetOf,
    // The part behind the dash of BTC-USD.
    currencyOf: (symbol) => /^.+-([A-Z\d]+)$/.exec(symbol)?.[1],
    refusalOf: coinbaseRefusalOf,
    read,
  });
  return { name, usual, resources: { daily_candles } };
}

/** With one of start and end alone, the API ignores both. The end is inside the last day, whose candle it includes. */
function targetOf({ symbol, from, to }: RangeAsk): string {
  const range = `start=${from}T00:00:00Z&end=${to}T23:59:59Z`;
  return `/products/${pathSegment(symbol, name)}/candles?granularity=86400&${range}`;
}

/** The newest candle comes first, and some may lie before the start; a day without a trade has none. */
function read(body: Uint8Array, _: RangeAsk, what: string): Candle[] {
  return readJson(body, candles, what).map(([seconds, low, high, open, close, volume]) => ({
    startMs: seconds * 1000,
    row: { open, high, low, close, volume },
  }));
}
