import { isPartitionDate } from '../workflows/pure/cell.ts';
import { sendGet } from './http.ts';
import { dividendsResource, splitsResource } from './massive-actions.ts';
import { barsOf, readBars, type BarsPage } from './massive-bars.ts';
import { massiveRefusalOf } from './massive-refusal.ts';
import { nextTargetOf } from './massive-next.ts';
import { rememberPages } from './remember.ts';
import { cannotAsk, pathSegment } from './request-path.ts';
import type { Ask, PageRequest, RawAnswer, Resource, Source, SourceAccess } from './source.ts';
import type { UsualApi } from './usual.ts';

const name = 'massive';
/** The API's own maximum of bars a page. */
const pageLimit = 50_000;

/** The free plan still refuses a day at 19:00 of New York. */
const usual: UsualApi = {
  isLocal: false,
  baseUrl: 'https://api.massive.com',
  final: { time: '01:00', timeZone: 'America/New_York' },
  key: {
    need: 'needed',
    freeFrom: 'https://massive.com/pricing',
    switchesOn: 'daily bars of US stocks and of currencies',
  },
  plan: { requestsPerMinute: 5, requestsPerDay: null, requestsPerMonth: null, historyDays: 730 },
};

/** Where the whole day of one market is asked for. */
const groupedPaths: ReadonlyMap<string, string> = new Map([
  ['stocks', 'us/market/stocks'],
  ['fx', 'global/market/fx'],
]);

/** Builds the source `massive`: daily bars of stocks and currencies as traded, and what is done to shares. */
export function massiveSource(): Source {
  const resources = {
    daily_bars: dailyBarsResource(),
    splits: splitsResource(send),
    dividends: dividendsResource(send),
  };
  return { name, usual, resources };
}

function send(request: PageRequest, access: SourceAccess): Promise<RawAnswer> {
  return sendGet(request, access, {
    source: name,
    headers: keyHeaders(access),
    refusalOf: massiveRefusalOf,
  });
}

function dailyBarsResource(): Resource {
  const pageOf = rememberPages(readBars);
  return {
    coverage: { maxRangeDays: null, rangeEndsToday: false, groupOf: groupOfSymbol },
    firstPage: dailyBarsRequest,
    send,
    readPage: ({ body }, ask) => withNext(pageOf(body, ask), body),
    rowsOfCell: (pages, ask, cell) => pages.flatMap(({ body }) => barsOf(pageOf(body, ask), ask, cell)),
  };
}

function withNext(page: BarsPage, body: Uint8Array): { rowCount: number; next?: PageRequest } {
  const { rowCount, nextUrl } = page;
  return nextUrl === undefined ? { rowCount } : { rowCount, next: { target: nextTargetOf(nextUrl, body) } };
}

function keyHeaders(access: SourceAccess): Record<string, string> {
  return access.apiKey === undefined ? {} : { authorization: `Bearer ${access.apiKey}` };
}

/** Names the market whose grouped day holds a symbol; coins, indices and options have none that we use. */
function groupOfSymbol(symbol: string): string | null {
  if (symbol.startsWith('C:')) return 'fx';
  return /^[A-Z]+:/.test(symbol) ? null : 'stocks';
}

/** Asks for bars as traded: adjustment is derived later, so that a split does not rewrite what is stored. */
function dailyBarsRequest(ask: Ask): PageRequest {
  if (ask.kind === 'grouped') return groupedRequest(ask.group, ask.date);
  if (ask.kind === 'snapshot')
    throw cannotAsk(name, 'it has no snapshot', 'Ask for a range or a market’s day.');
  const { from, to } = ask;
  if (!isPartitionDate(from) || !isPartitionDate(to) || from > to) {
    throw cannotAsk(
      name,
      `${from}..${to} is no range of dates`,
      'Ask for a first day that is not after the last.',
    );
  }
  const range = `range/1/day/${from}/${to}?adjusted=false&sort=asc&limit=${pageLimit}`;
  return { target: `/v2/aggs/ticker/${pathSegment(ask.symbol, name)}/${range}` };
}

function groupedRequest(group: string, date: string): PageRequest {
  const path = groupedPaths.get(group);
  if (path === undefined || !isPartitionDate(date)) {
    throw cannotAsk(
      name,
      `no grouped day "${group}" of ${date}`,
      `Ask for ${[...groupedPaths.keys()].join(' or ')}.`,
    );
  }
  return { target: `/v2/aggs/grouped/locale/${path}/${date}?adjusted=false` };
}
