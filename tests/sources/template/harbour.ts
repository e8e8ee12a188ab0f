import { z } from 'zod';
import { addDays, isPartitionDate, utcDateOf } from '../../../workflows/pure/cell.ts';
import { sendGet, type Refusal } from '../../../sources/http.ts';
import {
  instantMs,
  jsonOrUndefined,
  listOf,
  marketNumber,
  readJson,
  wrongShape,
} from '../../../sources/read-json.ts';
import { indexRows, rememberPages, type RowIndex } from '../../../sources/remember.ts';
import { cannotAsk, pathSegment } from '../../../sources/request-path.ts';
import type { Ask, PageRequest, Resource, Source, SourceAccess } from '../../../sources/source.ts';
import type { UsualApi } from '../../../sources/usual.ts';

// 1. What it is called: in marketlake.yaml, in every path, and, in capitals, in HARBOUR_API_KEY.
const name = 'harbour';
const dayMs = 86_400_000;

// 2. What is usual of it. All of this may be overridden in marketlake.yaml; say in a comment where a figure is from.
const usual: UsualApi = {
  isLocal: false,
  baseUrl: 'https://api.harbour.example/v1',
  final: { time: '00:10', timeZone: 'UTC' },
  key: {
    need: 'needed',
    freeFrom: 'https://harbour.example/keys',
    switchesOn: 'the made-up prices of the harbour',
  },
  plan: { requestsPerMinute: 60, requestsPerDay: null, requestsPerMonth: null, historyDays: 500 },
};

// 3. What a good answer looks like. Of everything else `readJson` makes a WrongShape. A number that cannot be a price
// passes: `marketNumber` hands it to the audit of its own cell.
const answer = z.object({
  prices: listOf(z.object({ at: instantMs, last: marketNumber, turnover: marketNumber })),
  more: z.string().optional(),
});

/** Builds the source `harbour`: daily closes of coins in US dollars, as a made-up API gives them. */
export function harbourSource(): Source {
  return { name, usual, resources: { daily_prices: dailyPricesResource() } };
}

// 4. What it can be asked for. The plan reads the coverage; the rest is request, answer, rows.
function dailyPricesResource(): Resource {
  const pageOf = rememberPages(readPrices);
  return {
    coverage: { maxRangeDays: null, rangeEndsToday: false, groupOf: () => null },
    firstPage: (ask) => pricesRequest(ask),
    send: (request, access) =>
      sendGet(request, access, { source: name, headers: keyHeaders(access), refusalOf: harbourRefusalOf }),
    readPage: ({ body }, ask) => {
      const { index, more } = pageOf(body, ask);
      const rowCount = [...index.values()].flat().length;
      return more === undefined ? { rowCount } : { rowCount, next: pricesRequest(ask, more) };
    },
    rowsOfCell: (pages, ask, cell) =>
      ask.kind === 'range' && ask.symbol === cell.symbol
        ? pages.flatMap(({ body }) => pageOf(body, ask).index.get(cell.date) ?? [])
        : [],
  };
}

// 5. The key, in a header and nowhere else.
function keyHeaders({ apiKey }: SourceAccess): Record<string, string> {
  return apiKey === undefined ? {} : { 'x-harbour-key': apiKey };
}

// 6. The request: path and query alone. It is kept in the manifest, so it holds no secret.
function pricesRequest(ask: Ask, page?: string): PageRequest {
  if (ask.kind !== 'range')
    throw cannotAsk(name, 'it has no whole-market day', 'Ask for one coin and a range of dates.');
  const { symbol, from, to } = ask;
  if (!isPartitionDate(from) || !isPartitionDate(to) || from > to)
    throw cannotAsk(
      name,
      `${from}..${to} is no range of dates`,
      'Ask for a first day that is not after the last.',
    );
  const further = page === undefined ? '' : `&page=${encodeURIComponent(page)}`;
  return { target: `/prices/${pathSegment(symbol, name)}?from=${from}&to=${to}${further}` };
}

// 7. What its refusals mean, and what a person can do. 429, 5xx, redirects and broken connections are read for all APIs.
const refusal = z.object({ error: z.string() });

function harbourRefusalOf(status: number, bodyText: string): Refusal {
  const parsed = refusal.safeParse(jsonOrUndefined(bodyText));
  const error = parsed.success ? parsed.data.error : '';
  if (status === 401) return { code: 'KeyRefused', advice: 'Set HARBOUR_API_KEY to a valid key.' };
  if (error === 'beyond your plan')
    return { code: 'RangeRefused', advice: 'Ask for later days, or raise the plan.' };
  if (error === 'no such coin')
    return { code: 'SymbolUnknown', advice: 'Correct the asset’s harbour symbol.' };
  return {
    code: 'RequestRefused',
    advice: 'Look at the request and the base URL; trying again does not help.',
  };
}

// 8. The rows by day, in the contract's columns. Its traps: a price is stamped with the END of its day, it is told in
// cents, and the last one is stamped "now".
function readPrices(
  body: Uint8Array,
  ask: Ask,
): { readonly index: RowIndex; readonly more: string | undefined } {
  const what = `an answer of ${name} daily_prices`;
  const { prices, more } = readJson(body, answer, what);
  const isPast = ({ at }: { readonly at: number }): boolean =>
    ask.kind === 'range' && utcDateOf(at - 1) < ask.today;
  const days = prices.filter(isPast);
  const askew = days.find(({ at }) => at % dayMs !== 0);
  if (askew !== undefined)
    throw wrongShape(what, `the price stamped ${new Date(askew.at).toISOString()} ends no day`, body);
  const index = indexRows(
    days,
    ({ at }) => addDays(utcDateOf(at), -1),
    ({ last, turnover }) => ({ close: inDollars(last), volume: inDollars(turnover) }),
  );
  return { index, more };
}

function inDollars(cents: number | null): number | null {
  return cents === null ? null : cents / 100;
}
