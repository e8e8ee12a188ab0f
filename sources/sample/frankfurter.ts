import { addDays, isPartitionDate, type PartitionDate } from '../../workflows/pure/cell.ts';
import { type Answer, type Json, type Question, isObject, jsonAnswer, textAnswer } from './answer.ts';
import type { Desk } from './desk.ts';
import type { BodyFaultKind } from './faults.ts';
import { fixingOnOrBefore, fixingsAt, isFixingDay } from './frankfurter-days.ts';
import { currenciesOf, quotesOn, type Quotes } from './frankfurter-rates.ts';
import type { SampleApi } from './sample-api.ts';

/** Frankfurter, version 1: the ECB's reference rates. It knows no keys. */
export const frankfurterApi: SampleApi = {
  historyDays: null,
  // A fixing of the early afternoon is not the last price of the day.
  deviation: 0.001,
  answer: answerFrankfurter,
  errorAnswer: frankfurterStatus,
  spoilBody: spoilFrankfurter,
};

/** What a request wants of each day. */
interface Wanted {
  readonly base: string;
  readonly symbols: readonly string[];
}

function answerFrankfurter(question: Question, desk: Desk): Answer {
  const path = question.segments.join('/');
  const wanted = wantedOf(question, desk);
  if (path === 'currencies') {
    const names = currenciesOf(desk).map((code) => [code, `${code} (synthetic)`] as const);
    return cached(Object.fromEntries(names));
  }
  if (wanted.symbols.join() === wanted.base) return refusal(422, 'bad currency pair');
  if (path === 'latest') return oneDay(fixingsAt(desk.now).today, wanted, desk);
  if (/^\d{4}-\d\d-\d\d$/.test(path)) {
    return isPartitionDate(path) ? oneDay(path, wanted, desk) : refusal(422, 'invalid date');
  }
  const [, from, to] = /^(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)?$/.exec(path) ?? [];
  if (from === undefined) return textAnswer(404, '');
  const end = to ?? fixingsAt(desk.now).today;
  return isPartitionDate(from) && isPartitionDate(end)
    ? range(from, end, wanted, desk)
    : refusal(422, 'invalid date');
}

function wantedOf({ query }: Question, desk: Desk): Wanted {
  const base = (query.get('base') ?? query.get('from') ?? 'EUR').toUpperCase();
  const symbols = query.get('symbols') ?? query.get('to');
  return { base, symbols: symbols?.toUpperCase().split(',') ?? currenciesOf(desk) };
}

/** The rates of a day, or of the last fixing before it: the answer says which. */
function oneDay(asked: PartitionDate, { base, symbols }: Wanted, desk: Desk): Answer {
  const { newest } = fixingsAt(desk.now);
  const date = fixingOnOrBefore(asked < newest ? asked : newest);
  const rates = date === undefined ? undefined : quotesOn(date, base, symbols, desk);
  if (rates === undefined || Object.keys(rates).length === 0) return refusal(404, 'not found');
  return cached({ amount: 1, base, date, rates });
}

/** The rates of a range, from the last fixing on or before its first day on; days without one are left out. */
function range(from: PartitionDate, to: PartitionDate, { base, symbols }: Wanted, desk: Desk): Answer {
  const { newest, today } = fixingsAt(desk.now);
  const days: (readonly [PartitionDate, Quotes])[] = [];
  const last = to < newest ? to : newest;
  const clip = desk.take('clip');
  const first = clip === undefined ? from : addDays(last, 1 - clip.days);
  for (let date = fixingOnOrBefore(first) ?? first; from <= today && date <= last; date = addDays(date, 1)) {
    const quotes = isFixingDay(date) ? quotesOn(date, base, symbols, desk) : undefined;
    if (quotes !== undefined && Object.keys(quotes).length > 0) days.push([date, quotes]);
  }
  if (days.length === 0) return refusal(404, 'not found');
  const ends = { start_date: days[0]?.[0], end_date: days.at(-1)?.[0] };
  return cached({ amount: 1, base, ...ends, rates: Object.fromEntries(days) });
}

function cached(json: Json): Answer {
  return jsonAnswer(200, json, { 'cache-control': 'public, max-age=86400' });
}

function refusal(status: number, message: string): Answer {
  return jsonAnswer(status, { message });
}

/** A limit is set by the gateway before it, which answers in plain text. */
function frankfurterStatus(status: number): Answer {
  return status === 429 ? textAnswer(429, 'error code: 1015') : refusal(status, `error ${status}`);
}

/** Empties the rates of an answer that has some. */
function spoilFrankfurter(kind: BodyFaultKind, body: Json): Json | undefined {
  if (!isObject(body) || !('rates' in body)) return undefined;
  if (kind === 'results-null') return { ...body, rates: null };
  return kind === 'results-empty' ? { ...body, rates: {} } : undefined;
}
