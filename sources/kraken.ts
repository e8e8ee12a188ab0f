import { z } from 'zod';
import { midnightUtcMs } from '../workflows/pure/cell.ts';
import { candleResource, type Candle, type RangeAsk } from './candle-resource.ts';
import { marketDecimal } from './decimal-text.ts';
import { krakenRefusalOf, refusalOfErrors } from './kraken-refusal.ts';
import { quoteOfPair } from './pair-quote.ts';
import { instantSeconds, listOf, marketNumber, readJson, wrongShape } from './read-json.ts';
import { pathSegment } from './request-path.ts';
import { quoteOf } from './secrets.ts';
import { SourceError } from './source-error.ts';
import type { Source } from './source.ts';
import type { UsualApi } from './usual.ts';

const name = 'kraken';
/** The API keeps so many candles of a pair, the open one included, whatever it is asked. */
const keptCandles = 720;
const dayMs = 86_400_000;
/** What its pairs end in, of what they are mostly traded for. */
const quotes = ['USD', 'USDT', 'USDC', 'DAI', 'EUR', 'GBP', 'JPY', 'CHF', 'CAD', 'AUD', 'XBT', 'ETH'];

/**
 * Half of the request a second that an address is said to have. Of the candles that are kept one is open, and one is
 * spare, since their edge moves on while a run waits.
 */
const usual: UsualApi = {
  isLocal: false,
  baseUrl: 'https://api.kraken.com',
  final: { time: '00:05', timeZone: 'UTC' },
  key: { need: 'none' },
  plan: { requestsPerMinute: 30, requestsPerDay: null, requestsPerMonth: null, historyDays: keptCandles - 2 },
};

/** Seconds, open, high, low, close, vwap, volume, trades. */
const candle = z.tuple([
  instantSeconds,
  marketDecimal,
  marketDecimal,
  marketDecimal,
  marketDecimal,
  marketDecimal,
  marketDecimal,
  marketNumber,
]);

type KrakenCandle = z.output<typeof candle>;

/** The pair stands under Kraken's own name for it, which need not be the one that was asked for. */
const result = z.record(z.string(), z.unknown()).transform((members, context) => {
  const { last, ...pairs } = members;
  const found = z.tuple([instantSeconds, z.tuple([listOf(candle)])]).safeParse([last, Object.values(pairs)]);
  if (found.success) return { lastSeconds: found.data[0], candles: found.data[1][0] };
  const [issue] = found.error.issues;
  const message = `expected one pair's candles beside "last": ${issue?.message ?? 'no reason given'}`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const answer = z.object({ error: listOf(z.string()), result: result.optional() });

/** Builds the source `kraken`: the newest two years of daily candles, in a pair's own quote currency. */
export function krakenSource(): Source {
  const daily_candles = candleResource({
    source: name,
    maxRangeDays: keptCandles,
    rangeEndsToday: true,
    targetOf,
    currencyOf: (symbol) => quoteOfPair(symbol, quotes),
    refusalOf: krakenRefusalOf,
    read,
  });
  return { name, usual, resources: { daily_candles } };
}

/** What begins at `since` is left out of the answer, so that the second before the first day is named. */
function targetOf({ symbol, from }: RangeAsk): string {
  const since = midnightUtcMs(from) / 1000 - 1;
  return `/0/public/OHLC?pair=${pathSegment(symbol, name)}&interval=1440&since=${since}`;
}

function read(body: Uint8Array, ask: RangeAsk, what: string): Candle[] {
  const { error, result: found } = readJson(body, answer, what);
  const refusal = refusalOfErrors(error);
  if (refusal !== undefined) {
    throw new SourceError(
      refusal.code,
      `Reading ${what}: HTTP 200, ${quoteOf(error.join(', '))}. ${refusal.advice}`,
      { body },
    );
  }
  if (found === undefined) throw wrongShape(what, 'it has neither an error nor a result', body);
  checkReach(found.candles, ask, what, body);
  // The candle after `last` is always there and never committed: its numbers still change.
  return found.candles.filter(([seconds]) => seconds <= found.lastSeconds).map(candleOf);
}

function candleOf([seconds, open, high, low, close, vwap, volume, trade_count]: KrakenCandle): Candle {
  return { startMs: seconds * 1000, row: { open, high, low, close, volume, vwap, trade_count } };
}

/** A full answer that begins after all that was asked for says that Kraken has forgotten those days. */
function checkReach(
  candles: readonly KrakenCandle[],
  { from, to }: RangeAsk,
  what: string,
  body: Uint8Array,
): void {
  const oldestMs = candles.reduce((oldest, [seconds]) => Math.min(oldest, seconds * 1000), Infinity);
  if (candles.length < keptCandles || oldestMs < midnightUtcMs(to) + dayMs) return;
  throw new SourceError(
    'RangeRefused',
    `Reading ${what}: it keeps the newest ${keptCandles} candles, the oldest of ${new Date(oldestMs).toISOString()}, and ${from}..${to} lies before them. Ask for later days, or take these from another source.`,
    { body },
  );
}
