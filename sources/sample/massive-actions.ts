import { z } from 'zod';
import { type PartitionDate, addDays, isPartitionDate } from '../../workflows/pure/cell.ts';
import { type Answer, type Json, type Question, jsonAnswer } from './answer.ts';
import type { Desk } from './desk.ts';
import { newYorkDateOf } from './new-york.ts';
import { massiveError } from './massive-refusals.ts';
import { dividendsOf, sampleSplits } from './share-actions.ts';

const mostRows = 1000;
/** An action is told this long before it takes effect, at the most. */
const announcedDays = 40;

/** One row of an answer, with what it is chosen by. */
interface Told {
  readonly date: PartitionDate;
  readonly ticker: string;
  readonly row: Json;
}

/** The two lists: what each calls its dates, and what it has. */
const lists = {
  splits: { dateName: 'execution_date', rows: splitRows },
  dividends: { dateName: 'ex_dividend_date', rows: dividendRows },
} as const;

/** What a request wants, all of it: a cursor holds the same and where it goes on. */
const wantedSchema = z.object({
  ticker: z.string().nullable(),
  from: z.string().refine(isPartitionDate).nullable(),
  to: z.string().refine(isPartitionDate).nullable(),
  order: z.enum(['asc', 'desc']),
  limit: z.number().int().min(1).max(mostRows),
  offset: z.number().int().min(0),
});
type Wanted = z.infer<typeof wantedSchema>;

/** Answers /v3/reference/splits and /v3/reference/dividends; undefined for another list. */
export function massiveActions({ segments, query }: Question, desk: Desk): Answer | undefined {
  const name = segments[2];
  if (name !== 'splits' && name !== 'dividends') return undefined;
  const { dateName, rows } = lists[name];
  const wanted = readWanted(query, dateName);
  if (typeof wanted === 'string') return massiveError(400, wanted, desk.requestId);
  const fit = rows(desk).filter(
    ({ date, ticker }) =>
      (wanted.ticker === null || ticker === wanted.ticker) &&
      (wanted.from === null || date >= wanted.from) &&
      (wanted.to === null || date <= wanted.to),
  );
  const sign = wanted.order === 'asc' ? 1 : -1;
  const sorted = fit.sort((one, other) => sign * keyOf(one).localeCompare(keyOf(other), 'en'));
  const size = Math.min(wanted.limit, desk.pageSize ?? mostRows);
  const end = wanted.offset + size;
  const cursor = Buffer.from(JSON.stringify({ ...wanted, offset: end })).toString('base64url');
  return jsonAnswer(200, {
    results: sorted.slice(wanted.offset, end).map(({ row }) => row),
    status: 'OK',
    request_id: desk.requestId,
    next_url: end < sorted.length ? `${desk.toldBaseUrl}/v3/reference/${name}?cursor=${cursor}` : undefined,
  });
}

function keyOf({ date, ticker }: Told): string {
  return `${date} ${ticker}`;
}

/** Reads the query; gives a sentence where it is none. */
function readWanted(query: URLSearchParams, dateName: string): Wanted | string {
  const cursor = query.get('cursor');
  if (cursor !== null) return readCursor(cursor);
  const sort = query.get('sort') ?? dateName;
  if (sort !== dateName) return `The sample market sorts by ${dateName} only.`;
  const parsed = wantedSchema.safeParse({
    ticker: query.get('ticker'),
    from: query.get(`${dateName}.gte`) ?? query.get(dateName),
    to: query.get(`${dateName}.lte`) ?? query.get(dateName),
    order: query.get('order') ?? 'desc',
    limit: Number(query.get('limit') ?? 10),
    offset: 0,
  });
  return parsed.success
    ? parsed.data
    : `The parameter '${String(parsed.error.issues[0]?.path[0])}' is invalid.`;
}

function readCursor(text: string): Wanted | string {
  try {
    return wantedSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    return 'The cursor is invalid.';
  }
}

function splitRows(desk: Desk): Told[] {
  const today = newYorkDateOf(desk.now.getTime());
  return sampleSplits
    .filter(({ toldOn }) => toldOn <= today)
    .map(({ symbol, executionDate, from, to }) => ({
      date: executionDate,
      ticker: symbol,
      row: {
        id: `synthetic-split-${symbol}-${executionDate}`,
        ...{ ticker: symbol, execution_date: executionDate, split_from: from, split_to: to },
      },
    }));
}

function dividendRows(desk: Desk): Told[] {
  const today = newYorkDateOf(desk.now.getTime());
  return desk.book
    .list('stock')
    .flatMap((asset) => dividendsOf(asset, addDays(today, announcedDays)))
    .filter(({ declaredOn }) => declaredOn <= today)
    .map(({ symbol, exDate, declaredOn, recordDate, payDate, amount }) => ({
      date: exDate,
      ticker: symbol,
      row: {
        id: `synthetic-dividend-${symbol}-${exDate}`,
        ...{ ticker: symbol, cash_amount: amount, currency: 'USD', dividend_type: 'CD', frequency: 4 },
        ...{ declaration_date: declaredOn, ex_dividend_date: exDate },
        ...{ record_date: recordDate, pay_date: payDate },
      },
    }));
}
