import {
  addDays,
  datesBetween,
  isPartitionDate,
  midnightUtcMs,
  utcDateOf,
} from '../../../workflows/pure/cell.ts';
import { type Answer, type Question, jsonAnswer } from '../../../sources/sample/answer.ts';
import type { Desk } from '../../../sources/sample/desk.ts';
import type { SampleApi } from '../../../sources/sample/sample-api.ts';
import type { ToldBar, ToldValue } from '../../../sources/sample/tape.ts';

const dayMs = 86_400_000;
const mostRows = 1_000;

/** Harbour, which is made up: closes in cents, stamped with the end of their day, in pages. */
export const harbourApi: SampleApi = {
  historyDays: 500,
  deviation: 0.0005,
  saysRetryAfter: true,
  answer: answerHarbour,
  refuseKey: ({ headers }, expected) =>
    headers['x-harbour-key'] === expected ? undefined : refuse(401, 'who are you'),
  errorAnswer: (status) => refuse(status, status === 429 ? 'slow down' : `status ${status}`),
  notAuthorized: () => refuse(403, 'beyond your plan'),
};

function refuse(status: number, error: string): Answer {
  return jsonAnswer(status, { error });
}

function answerHarbour({ segments, query }: Question, desk: Desk): Answer {
  const [family, symbol = '', ...rest] = segments;
  const coin = family === 'prices' && rest.length === 0 ? desk.book.find('crypto', symbol) : undefined;
  if (coin === undefined) return refuse(404, 'no such coin');
  const [from = '', to = '', page] = [query.get('from'), query.get('to'), query.get('page')].map(
    (text) => text ?? '',
  );
  if (!isPartitionDate(from) || !isPartitionDate(to)) return refuse(400, 'no such day');
  const today = utcDateOf(desk.now.getTime());
  if (desk.historyDays !== null && from < addDays(today, -desk.historyDays))
    return refuse(403, 'beyond your plan');
  // A fault that only an endpoint can commit: the newest days alone, and not a word of it.
  const clip = desk.take('clip');
  const first = clip === undefined ? from : addDays(to, 1 - clip.days);
  const days = datesBetween(first, to).filter((date) => date < today && date >= (page ?? ''));
  const size = desk.pageSize ?? mostRows;
  // Prices come from the tape alone, so that deviation and lies hold.
  const told = desk.tape.barsOf(coin, days.slice(0, size)).map(priceOf);
  const now = {
    at: desk.now.getTime() - 5_000,
    ...valuesOf(desk.tape.barUntil(coin, desk.now.getTime())[0]),
  };
  const more = days[size];
  return jsonAnswer(200, more === undefined ? { prices: [...told, now] } : { prices: told, more });
}

function priceOf(bar: ToldBar): { at: number; last: ToldValue; turnover: ToldValue } {
  return { at: midnightUtcMs(bar.date) + dayMs, ...valuesOf(bar) };
}

function valuesOf(bar: ToldBar | undefined): { last: ToldValue; turnover: ToldValue } {
  return { last: inCents(bar?.close ?? null), turnover: inCents(bar?.volume ?? null) };
}

function inCents(value: ToldValue): ToldValue {
  return typeof value === 'number' ? value * 100 : value;
}
