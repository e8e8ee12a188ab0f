import { z } from 'zod';
import { midnightUtcMs } from '../workflows/pure/cell.ts';
import { binanceRefusalOf } from './binance-refusal.ts';
import { candleResource, type Candle, type RangeAsk } from './candle-resource.ts';
import { marketDecimal } from './decimal-text.ts';
import { quoteOfPair } from './pair-quote.ts';
import { instantMs, listOf, marketNumber, readJson, wrongShape } from './read-json.ts';
import { pathSegment } from './request-path.ts';
import type { Source } from './source.ts';
import type { UsualApi } from './usual.ts';

const name = 'binance';
/** The API's own maximum of candles an answer; its default is half of it. */
const pageLimit = 1000;
const dayMs = 86_400_000;
/** What its pairs end in, of what they are mostly traded for; the dollar is not among it. */
const quotes = [
  'USDT',
  'USDC',
  'FDUSD',
  'TUSD',
  'BUSD',
  'DAI',
  'EUR',
  'GBP',
  'JPY',
  'TRY',
  'BRL',
  'BTC',
  'ETH',
  'BNB',
];

/** Its host for market data alone, which answers where the other one may not. A request weighs 2 of 6,000 a minute for an address. */
const usual: UsualApi = {
  isLocal: false,
  baseUrl: 'https://data-api.binance.vision',
  final: { time: '00:05', timeZone: 'UTC' },
  key: { need: 'none' },
  plan: { requestsPerMinute: 600, requestsPerDay: null, requestsPerMonth: null, historyDays: null },
};

/**
 * Start, open, high, low, close, volume, end, quote volume, trades, and three items that we do not use: what
 * takers bought in base and in quote units, and a relic.
 */
const kline = z.tuple([
  instantMs,
  marketDecimal,
  marketDecimal,
  marketDecimal,
  marketDecimal,
  marketDecimal,
  instantMs,
  marketDecimal,
  marketNumber,
  z.unknown(),
  z.unknown(),
  z.unknown(),
]);
const klines = listOf(kline);

/** Builds the source `binance`: daily candles of its spot market, in a pair's own quote currency. */
export function binanceSource(): Source {
  const daily_candles = candleResource({
    source: name,
    maxRangeDays: pageLimit,
    rangeEndsToday: false,
    targetOf,
    currencyOf: (symbol) => quoteOfPair(symbol, quotes),
    refusalOf: binanceRefusalOf,
    read,
  });
  return { name, usual, resources: { daily_candles } };
}

/** Both ends are included, and counted by the start of a candle. */
function targetOf({ symbol, from, to }: RangeAsk): string {
  const range = `startTime=${midnightUtcMs(from)}&endTime=${midnightUtcMs(to) + dayMs - 1}`;
  return `/api/v3/klines?symbol=${pathSegment(symbol, name)}&interval=1d&${range}&limit=${pageLimit}`;
}

/** A candle that ends on a later day than it starts, such as a month's, is the answer to another question. */
function read(body: Uint8Array, _: RangeAsk, what: string): Candle[] {
  return readJson(body, klines, what).map(
    ([startMs, open, high, low, close, volume, endMs, quote_volume, trade_count]) => {
      if (endMs < startMs || endMs >= startMs + dayMs) {
        const from = new Date(startMs).toISOString();
        throw wrongShape(what, `the candle from ${from} to ${new Date(endMs).toISOString()} is no day`, body);
      }
      return { startMs, row: { open, high, low, close, volume, quote_volume, trade_count } };
    },
  );
}
