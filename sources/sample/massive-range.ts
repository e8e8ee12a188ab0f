import { z } from 'zod';
import {
  type PartitionDate,
  addDays,
  datesBetween,
  isPartitionDate,
  utcDateOf,
} from '../../workflows/pure/cell.ts';
import { type Answer, type Question, jsonAnswer } from './answer.ts';
import type { ListedAsset } from './catalogue.ts';
import type { Desk } from './desk.ts';
import { type Stamp, barRow, rowsBody, splitAdjusted, stampMs } from './massive-rows.ts';
import { newYorkDateOf } from './new-york.ts';
import { firstDay } from './price-book.ts';
import { massiveError, massiveNotAuthorized } from './massive-refusals.ts';
import { isTradingDay } from './sessions.ts';

const mostBars = 50_000;

/** What a range request wants, all of it: a cursor holds the same, so that a page needs nothing of the page before. */
const wantedSchema = z.object({
  from: z.string().refine(isPartitionDate),
  to: z.string().refine(isPartitionDate),
  adjusted: z.boolean(),
  sort: z.enum(['asc', 'desc']),
  limit: z.number().int().min(1).max(mostBars),
});
type Wanted = z.infer<typeof wantedSchema>;

/** Answers /v2/aggs/ticker/{ticker}/range/{multiplier}/{timespan}/{from}/{to}. */
export function massiveRange(question: Question, desk: Desk): Answer {
  const [, , , ticker = '', , multiplier = '', timespan = '', from = '', to = ''] = question.segments;
  const refuse = (text: string): Answer => massiveError(400, text, desk.requestId);
  if (multiplier !== '1' || timespan !== 'day') return refuse('The sample market has bars of 1 day only.');
  const asset = desk.book.find('stock', ticker) ?? desk.book.find('fx', ticker);
  const cursor = question.query.get('cursor');
  const wanted = cursor === null ? readWanted(question, asset, from, to) : readCursor(cursor);
  if (typeof wanted === 'string') return refuse(wanted);
  const reach = reachOf(wanted, desk);
  if (reach === undefined) return massiveNotAuthorized('timeframe', desk.requestId);
  return answerPage(ticker, asset, { ...wanted, from: reach }, desk);
}

/** Reads path and query; gives a sentence where they are no request. */
function readWanted(
  question: Question,
  asset: ListedAsset | undefined,
  from: string,
  to: string,
): Wanted | string {
  const fromDate = readTime(from, asset);
  const toDate = readTime(to, asset);
  if (fromDate === undefined) {
    return "Could not parse the time parameter: 'from'. Use YYYY-MM-DD or milliseconds.";
  }
  if (toDate === undefined)
    return "Could not parse the time parameter: 'to'. Use YYYY-MM-DD or milliseconds.";
  if (fromDate > toDate) return "The parameter 'to' cannot be a time that occurs before 'from'.";
  const wanted = wantedSchema.safeParse({
    from: fromDate,
    to: toDate,
    adjusted: question.query.get('adjusted') !== 'false',
    sort: question.query.get('sort') ?? 'asc',
    limit: Number(question.query.get('limit') ?? 5000),
  });
  return wanted.success
    ? wanted.data
    : `The parameter '${String(wanted.error.issues[0]?.path[0])}' is invalid.`;
}

/** Reads a date, or milliseconds; the day of an instant is New York's for a stock and UTC's for a currency pair. */
function readTime(text: string, asset: ListedAsset | undefined): PartitionDate | undefined {
  if (isPartitionDate(text)) return text;
  if (!/^\d{10,14}$/.test(text)) return undefined;
  return asset?.kind === 'fx' ? utcDateOf(Number(text)) : newYorkDateOf(Number(text));
}

function writeCursor(wanted: Wanted): string {
  return Buffer.from(JSON.stringify(wanted)).toString('base64url');
}

function readCursor(text: string): Wanted | string {
  try {
    return wantedSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    return 'The cursor is invalid.';
  }
}

/** Gives the first day that is answered; none where the plan reaches nothing of the range or it is not over yet. */
function reachOf(wanted: Wanted, desk: Desk): PartitionDate | undefined {
  const today = newYorkDateOf(desk.now.getTime());
  if (wanted.to >= today) return undefined;
  const { historyDays, partlyTooOld } = desk;
  const edge = historyDays === null ? firstDay : addDays(today, -historyDays);
  const clip = desk.take('clip');
  const newest = clip === undefined ? edge : addDays(wanted.to, 1 - clip.days);
  const reach = [wanted.from, newest, firstDay];
  if (historyDays === null) return maxOf(reach);
  if (wanted.to < edge || (wanted.from < edge && partlyTooOld === 'refuse')) return undefined;
  return maxOf([...reach, edge]);
}

function maxOf(dates: readonly PartitionDate[]): PartitionDate {
  return dates.reduce((latest, date) => (date > latest ? date : latest));
}

function answerPage(ticker: string, asset: ListedAsset | undefined, wanted: Wanted, desk: Desk): Answer {
  const ascending = asset
    ? datesBetween(wanted.from, wanted.to).filter((date) => isTradingDay(asset.kind, date))
    : [];
  const sessions = wanted.sort === 'asc' ? ascending : ascending.reverse();
  const size = Math.min(wanted.limit, desk.pageSize ?? mostBars);
  const stamp = asset?.kind === 'fx' ? 'fx-start' : 'stock-start';
  const bars = asset ? desk.tape.barsOf(asset, sessions.slice(0, size)) : [];
  const today = newYorkDateOf(desk.now.getTime());
  const told = wanted.adjusted ? bars.map((bar) => splitAdjusted(ticker, bar, today)) : bars;
  const rows = told.map((bar) => barRow(bar, stamp));
  const resume = sessions[size];
  return jsonAnswer(200, {
    ticker,
    ...rowsBody(rows, wanted.adjusted, desk.requestId),
    ...(resume === undefined ? {} : { next_url: nextUrl(ticker, stamp, resume, wanted, desk) }),
  });
}

/** Writes where the next page is: the whole address, with a cursor, and without a key. */
function nextUrl(ticker: string, stamp: Stamp, resume: PartitionDate, wanted: Wanted, desk: Desk): string {
  const rest: Wanted = wanted.sort === 'asc' ? { ...wanted, from: resume } : { ...wanted, to: resume };
  const range = `${stampMs(rest.from, stamp)}/${rest.to}`;
  const path = `/v2/aggs/ticker/${encodeURIComponent(ticker)}/range/1/day/${range}`;
  return `${desk.toldBaseUrl}${path}?cursor=${writeCursor(rest)}`;
}
