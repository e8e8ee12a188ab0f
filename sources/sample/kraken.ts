import { type PartitionDate, addDays, midnightUtcMs, utcDateOf } from '../../workflows/pure/cell.ts';
import { type Answer, type Json, type JsonObject, type Question, isObject, jsonAnswer } from './answer.ts';
import {
  type Pair,
  type ToldCandle,
  decimalText,
  exchangeDeviation,
  findPair,
  tellCandles,
} from './candles.ts';
import type { Desk } from './desk.ts';
import { firstDay } from './price-book.ts';
import type { SampleApi } from './sample-api.ts';

/** Coins that have another short name here. */
const ownCodes: Readonly<Record<string, string>> = { XBT: 'BTC', XDG: 'DOGE' };
/** Coins whose pairs stand in answers under a longer name than they are asked for by. */
const longNames: ReadonlySet<string> = new Set(['XBT', 'ETH', 'LTC', 'XRP', 'XLM', 'XMR']);

/** Kraken: the newest 720 daily candles, the open one last, and errors with status 200. */
export const krakenApi: SampleApi = {
  historyDays: 719,
  deviation: exchangeDeviation,
  answer: answerKraken,
  errorAnswer: krakenError,
  limitAnswer: () => refusal(200, 'EAPI:Rate limit exceeded'),
  spoilBody: (kind, body) => {
    if (kind === 'results-null') return spoilt(body, null);
    return kind === 'results-empty' ? spoilt(body, []) : undefined;
  },
};

/** Empties the pair of an answer; `last` stays. */
function spoilt(body: Json, candles: Json): Json | undefined {
  if (!isObject(body) || !isObject(body.result)) return undefined;
  const { last } = body.result;
  const emptied = Object.keys(body.result).map((name): [string, Json] => [
    name,
    name === 'last' ? last : candles,
  ]);
  return { ...body, result: Object.fromEntries(emptied) };
}

function answerKraken(question: Question, desk: Desk): Answer {
  const { query, segments } = question;
  if (segments.join('/') !== '0/public/OHLC') return refusal(200, 'EGeneral:Unknown method');
  const since = query.get('since') ?? '0';
  if (query.get('interval') !== '1440' || !/^\d{1,12}$/.test(since)) {
    return refusal(200, 'EGeneral:Invalid arguments');
  }
  const asked = query.get('pair') ?? '';
  const [, base = '', quote = ''] = /^(.+)(USD|EUR|GBP|USDT)$/.exec(asked) ?? [];
  const pair = findPair(desk.book, ownCodes[base] ?? base, quote);
  if (pair === undefined) return refusal(200, 'EQuery:Unknown asset pair');
  const name = longNames.has(base) && quote !== 'USDT' ? `X${base}Z${quote}` : asked;
  return jsonAnswer(200, { error: [], result: resultOf(pair, name, Number(since), desk) });
}

/** Tells what began after `since`, of the candles that are kept; the last of them is never committed. */
function resultOf(pair: Pair, name: string, since: number, desk: Desk): JsonObject {
  const today = utcDateOf(desk.now.getTime());
  const told = tellCandles(pair, oldestKept(today, desk), today, desk);
  const rows = told.filter(({ startMs }) => startMs / 1000 > since).map(rowOf);
  return { [name]: rows, last: midnightUtcMs(addDays(today, -1)) / 1000 };
}

function oldestKept(today: PartitionDate, { historyDays }: Desk): PartitionDate {
  return historyDays === null ? firstDay : addDays(today, -historyDays);
}

function rowOf({ startMs, open, high, low, close, average, volume, trades }: ToldCandle): Json[] {
  return [startMs / 1000, ...[open, high, low, close, average, volume].map(decimalText), trades];
}

function refusal(status: number, error: string): Answer {
  return jsonAnswer(status, { error: [error] });
}

/** Refusals with a status of their own come from what stands before the API. */
function krakenError(status: number): Answer {
  if (status === 429) return refusal(429, 'EAPI:Rate limit exceeded');
  if (status === 404) return refusal(404, 'EQuery:Unknown asset pair');
  return refusal(status, status >= 500 ? 'EService:Unavailable' : `EGeneral:The service answered ${status}.`);
}
