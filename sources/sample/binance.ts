import { addDays, utcDateOf } from '../../workflows/pure/cell.ts';
import { type Answer, type Json, type Question, isList, jsonAnswer } from './answer.ts';
import {
  type Pair,
  type ToldCandle,
  decimalText,
  exchangeDeviation,
  findPair,
  tellCandles,
} from './candles.ts';
import type { Desk } from './desk.ts';
import type { SampleApi } from './sample-api.ts';

const dayMs = 86_400_000;
const mostCandles = 1000;

const restrictedText =
  "Service unavailable from a restricted location according to 'b. Eligibility' in " +
  'https://www.binance.com/en/terms. Please contact customer service if you believe you received this message in error.';

/** Binance's spot market: daily candles in rows of twelve, prices as texts. */
export const binanceApi: SampleApi = {
  historyDays: null,
  deviation: exchangeDeviation,
  saysRetryAfter: true,
  answer: answerBinance,
  errorAnswer: binanceError,
  notAuthorized: () => binanceError(451),
  spoilBody: (kind, body) => (isList(body) ? spoilt(kind) : undefined),
};

function spoilt(kind: string): Json | undefined {
  if (kind === 'results-null') return null;
  return kind === 'results-empty' ? [] : undefined;
}

function answerBinance(question: Question, desk: Desk): Answer {
  switch (question.segments.join('/')) {
    case 'api/v3/ping':
      return jsonAnswer(200, {});
    case 'api/v3/klines':
      return klines(question, desk);
    default:
      return refusal(404, -1000, 'The sample market has no such path.');
  }
}

function klines({ query }: Question, desk: Desk): Answer {
  const symbol = query.get('symbol') ?? '';
  if (!/^[A-Z0-9-_.]{1,20}$/.test(symbol)) {
    const range = "legal range is '^[A-Z0-9-_.]{1,20}$'.";
    return refusal(400, -1100, `Illegal characters found in parameter 'symbol'; ${range}`);
  }
  if (query.get('interval') !== '1d') return refusal(400, -1120, 'Invalid interval.');
  const [, base = '', quote = ''] = /^(.+)(USDT|USDC|EUR)$/.exec(symbol) ?? [];
  const pair = findPair(desk.book, base, quote);
  if (pair === undefined) return refusal(400, -1121, 'Invalid symbol.');
  const wanted = readWanted(query, desk);
  return wanted
    ? jsonAnswer(200, rowsOf(pair, wanted, desk))
    : refusal(400, -1100, 'Illegal characters found.');
}

interface Wanted {
  /** Null: what comes before the end. */
  readonly startMs: number | null;
  readonly endMs: number;
  readonly limit: number;
}

function readWanted(query: URLSearchParams, desk: Desk): Wanted | undefined {
  const texts = ['startTime', 'endTime', 'limit'].map((name) => query.get(name));
  if (texts.some((text) => text !== null && !/^\d{1,15}$/.test(text))) return undefined;
  const [start = null, end, limit] = texts;
  return {
    startMs: start === null ? null : Number(start),
    endMs: Math.min(end ? Number(end) : Infinity, desk.now.getTime()),
    limit: Math.min(limit ? Number(limit) : 500, mostCandles),
  };
}

/** From the start on as many as are wanted; without one, the newest. */
function rowsOf(pair: Pair, { startMs, endMs, limit }: Wanted, desk: Desk): Json[] {
  const last = utcDateOf(endMs);
  const first = startMs === null ? addDays(last, 1 - limit) : utcDateOf(Math.ceil(startMs / dayMs) * dayMs);
  return tellCandles(pair, first, last, desk).slice(0, limit).map(klineOf);
}

/** What takers bought is told as half of what was traded: nobody reads it. */
function klineOf({ startMs, open, high, low, close, volume, quoteVolume, trades }: ToldCandle): Json[] {
  const half = (value: ToldCandle['volume']): string | null =>
    decimalText(typeof value === 'number' ? value / 2 : value);
  const prices = [open, high, low, close, volume].map(decimalText);
  const rest = [startMs + dayMs - 1, decimalText(quoteVolume), trades, half(volume), half(quoteVolume), '0'];
  return [startMs, ...prices, ...rest];
}

function refusal(status: number, code: number, msg: string): Answer {
  return jsonAnswer(status, { code, msg });
}

function binanceError(status: number): Answer {
  switch (status) {
    case 418:
      return refusal(418, -1003, 'Way too much request weight used; IP banned until 1800000000000.');
    case 429:
      return refusal(
        429,
        -1003,
        'Too much request weight used; current limit is 6000 request weight per 1 MINUTE.',
      );
    case 451:
      return refusal(451, 0, restrictedText);
    default:
      return refusal(status, -1000, `The service answered ${status}.`);
  }
}
