import { z } from 'zod';
import { bodyRefusal, massiveSuccesses } from './massive-refusal.ts';
import { dayOfBar } from './massive-day.ts';
import { instantMs, listOf, marketNumber, readJson, wrongShape } from './read-json.ts';
import { indexRows, type RowIndex } from './remember.ts';
import type { Ask, CellOfAsk, SourceRow } from './source.ts';

/** One bar; `vw` and `n` are missing where nothing but odd lots was traded. */
const bar = z.object({
  o: marketNumber,
  h: marketNumber,
  l: marketNumber,
  c: marketNumber,
  v: marketNumber,
  vw: marketNumber.optional(),
  n: marketNumber.optional(),
  t: instantMs,
});

const groupedBar = bar.extend({ T: z.string().min(1) });

/**
 * The envelope around bars; one that refuses has the status and no bars, and passes here too. Results that
 * are absent or null mean "no bars" (a weekend, a holiday, an unknown ticker) only where the count says so.
 */
function pageOf<Bar>(one: z.ZodType<Bar>) {
  return z.object({
    status: z.string(),
    ticker: z.string().optional(),
    results: listOf(one).nullish(),
    resultsCount: z.number().optional(),
    next_url: z.string().min(1).nullish(),
  });
}

const rangePage = pageOf(bar);
const groupedPage = pageOf(groupedBar);

/** One answer, read whole: its rows by date (a range) or by ticker (a grouped day). */
export interface BarsPage {
  readonly rowCount: number;
  readonly nextUrl?: string;
  readonly index: RowIndex;
}

/**
 * Reads one page of bars.
 * @throws SourceError `WrongShape`, or the refusal that a body with status 200 holds.
 */
export function readBars(body: Uint8Array, ask: Ask): BarsPage {
  const about = ask.kind === 'grouped' ? `${ask.group} on ${ask.date}` : '';
  const what = `an answer of massive daily_bars for ${ask.kind === 'range' ? ask.symbol : about}`;
  return ask.kind === 'range' ? readRange(body, ask.symbol, what) : readGrouped(body, what);
}

/** Finds the rows of a cell in a page that was read; a grouped day answers for its own date only. */
export function barsOf(page: BarsPage, ask: Ask, cell: CellOfAsk): readonly SourceRow[] {
  const isAsked = ask.kind === 'range' ? ask.symbol === cell.symbol : ask.date === cell.date;
  if (!isAsked) return [];
  return page.index.get(ask.kind === 'range' ? cell.date : cell.symbol) ?? [];
}

function readRange(body: Uint8Array, symbol: string, what: string): BarsPage {
  const page = readJson(body, rangePage, what);
  if (!massiveSuccesses.has(page.status)) throw bodyRefusal(body, what);
  if (page.ticker !== undefined && page.ticker !== symbol) {
    throw wrongShape(what, `it is about "${page.ticker}"`, body);
  }
  const bars = barsIn(page, what, body);
  return summaryOf(
    page.next_url,
    bars.length,
    indexRows(bars, ({ t }) => dayOfBar(symbol, t, what, body), rowOf),
  );
}

/** The stamp of a grouped bar is the END of its window, so its day is the one that was asked for. */
function readGrouped(body: Uint8Array, what: string): BarsPage {
  const page = readJson(body, groupedPage, what);
  if (!massiveSuccesses.has(page.status)) throw bodyRefusal(body, what);
  const bars = barsIn(page, what, body);
  return summaryOf(
    page.next_url,
    bars.length,
    indexRows(bars, ({ T }) => T, rowOf),
  );
}

function barsIn<Bar>(
  page: { readonly results?: Bar[] | null | undefined; readonly resultsCount?: number | undefined },
  what: string,
  body: Uint8Array,
): readonly Bar[] {
  const { results, resultsCount } = page;
  if (results && (resultsCount === undefined || resultsCount === results.length)) return results;
  if (results) {
    throw wrongShape(what, `it has ${results.length} results, and counts ${resultsCount}`, body);
  }
  if (resultsCount === 0) return [];
  throw wrongShape(what, 'it has no results, and no resultsCount of 0 either', body);
}

function summaryOf(nextUrl: string | null | undefined, rowCount: number, index: RowIndex): BarsPage {
  return nextUrl === null || nextUrl === undefined ? { rowCount, index } : { rowCount, index, nextUrl };
}

function rowOf({ o, h, l, c, v, vw, n }: z.output<typeof bar>): SourceRow {
  return { open: o, high: h, low: l, close: c, volume: v, vwap: vw ?? null, trade_count: n ?? null };
}
