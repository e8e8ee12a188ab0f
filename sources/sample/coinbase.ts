import { addDays, utcDateOf } from '../../workflows/pure/cell.ts';
import { type Answer, type Json, type Question, isList, jsonAnswer } from './answer.ts';
import { type Pair, exchangeDeviation, findPair, tellCandles } from './candles.ts';
import type { Desk } from './desk.ts';
import type { SampleApi } from './sample-api.ts';

const dayMs = 86_400_000;
const mostCandles = 300;

/** Coinbase Exchange: daily candles, the newest first. */
export const coinbaseApi: SampleApi = {
  historyDays: null,
  deviation: exchangeDeviation,
  answer: answerCoinbase,
  errorAnswer: coinbaseError,
  spoilBody: (kind, body) => (isList(body) ? spoilt(kind) : undefined),
};

function spoilt(kind: string): Json | undefined {
  if (kind === 'results-null') return null;
  return kind === 'results-empty' ? [] : undefined;
}

function answerCoinbase(question: Question, desk: Desk): Answer {
  const [family, product = '', detail, ...rest] = question.segments;
  const isKnown = family === 'products' && detail === 'candles' && rest.length === 0;
  const [base = '', quote = '', ...more] = product.split('-');
  const pair =
    isKnown && more.length === 0 && product === product.toUpperCase()
      ? findPair(desk.book, base, quote)
      : undefined;
  return pair ? candles(pair, question, desk) : refusal(404, 'NotFound');
}

function candles(pair: Pair, { query }: Question, desk: Desk): Answer {
  if (query.get('granularity') !== '86400') {
    return refusal(400, 'The sample market has candles of 86400 seconds only.');
  }
  const range = rangeOf(query, desk);
  if (range === undefined) return refusal(400, 'Invalid date for start or end');
  const { startMs, endMs } = range;
  if (endMs - startMs > mostCandles * dayMs) {
    return refusal(
      400,
      `granularity too small for the requested time range. Count of aggregations requested exceeds ${mostCandles}`,
    );
  }
  // One row more than was asked for, from before the start, as the API is known to do.
  const first = utcDateOf(Math.ceil(startMs / dayMs) * dayMs);
  const told = tellCandles(pair, addDays(first, -1), utcDateOf(endMs), desk);
  const rows = told.map(({ startMs: at, low, high, open, close, volume }) => [
    ...[at / 1000, low, high, open, close, volume],
  ]);
  return jsonAnswer(200, rows.reverse());
}

/** Reads start and end; with one of them alone, the API ignores both. */
function rangeOf(query: URLSearchParams, desk: Desk): { startMs: number; endMs: number } | undefined {
  const [start, end] = [query.get('start'), query.get('end')];
  if (start === null || end === null) {
    const endMs = desk.now.getTime();
    return { startMs: endMs - mostCandles * dayMs, endMs };
  }
  const [startMs, endMs] = [Date.parse(start), Date.parse(end)];
  return Number.isNaN(startMs) || Number.isNaN(endMs) || startMs > endMs ? undefined : { startMs, endMs };
}

function refusal(status: number, message: string): Answer {
  return jsonAnswer(status, { message });
}

function coinbaseError(status: number): Answer {
  if (status === 404) return refusal(404, 'NotFound');
  return refusal(status, status === 429 ? 'Public rate limit exceeded' : `The service answered ${status}.`);
}
