import { z } from 'zod';
import {
  addDays,
  daysBetween,
  isPartitionDate,
  utcDateOf,
  type PartitionDate,
} from '../workflows/pure/cell.ts';
import { coingeckoRefusalOf } from './coingecko-refusal.ts';
import { marketsResource } from './coingecko-markets.ts';
import { sendGet } from './http.ts';
import { instantMs, listOf, marketNumber, readJson } from './read-json.ts';
import { indexRows, readByDay, rememberPages, type RowIndex } from './remember.ts';
import { cannotAsk, pathSegment } from './request-path.ts';
import type { Ask, PageRequest, RawAnswer, Resource, Source, SourceAccess } from './source.ts';
import type { UsualApi } from './usual.ts';

const name = 'coingecko';
const dayMs = 86_400_000;
const proHost = 'pro-api.coingecko.com';

/** Without a key its limit moves; five a minute is what it grants at the worst. The newest midnight point comes by 00:40. */
const usual: UsualApi = {
  isLocal: false,
  baseUrl: 'https://api.coingecko.com/api/v3',
  final: { time: '00:45', timeZone: 'UTC' },
  key: {
    need: 'optional',
    freeFrom: 'https://www.coingecko.com/en/api/pricing',
    switchesOn: '25 requests a minute in place of 5',
  },
  plan: { requestsPerMinute: 5, requestsPerDay: null, requestsPerMonth: null, historyDays: 365 },
  planWithKey: { requestsPerMinute: 25, requestsPerMonth: 10_000 },
};

const point = z.tuple([instantMs, marketNumber]);

const marketChart = z.object({
  prices: listOf(point),
  market_caps: listOf(point),
  total_volumes: listOf(point),
});

type Point = z.output<typeof point>;

/** Builds the source `coingecko`: daily prices of coins in US dollars, and the snapshot of the largest ones. */
export function coingeckoSource(): Source {
  return { name, usual, resources: { market_chart: marketChartResource(), markets: marketsResource(send) } };
}

function send(request: PageRequest, access: SourceAccess): Promise<RawAnswer> {
  return sendGet(request, access, {
    source: name,
    headers: keyHeaders(access),
    refusalOf: coingeckoRefusalOf,
  });
}

/** Names the header that carries the key: the paid host knows another than the public one. */
export function keyHeaderOf(baseUrl: string): string {
  const isPro = URL.canParse(baseUrl) && new URL(baseUrl).hostname === proHost;
  return isPro ? 'x-cg-pro-api-key' : 'x-cg-demo-api-key';
}

function marketChartResource(): Resource {
  const indexOf = rememberPages((body) => readMarketChart(body));
  return {
    coverage: { maxRangeDays: 365, rangeEndsToday: true, groupOf: () => null },
    firstPage: marketChartRequest,
    send,
    ...readByDay(indexOf),
  };
}

function keyHeaders(access: SourceAccess): Record<string, string> {
  return access.apiKey === undefined ? {} : { [keyHeaderOf(access.baseUrl)]: access.apiKey };
}

/** `days=N` brings N midnight points, today's included, so N days reach the close of the day N days ago. */
function marketChartRequest(ask: Ask): PageRequest {
  if (ask.kind !== 'range') {
    throw cannotAsk(name, 'it has no whole-market day', 'Ask for one coin and a range of dates.');
  }
  const days = isPartitionDate(ask.from) && isPartitionDate(ask.today) ? daysBetween(ask.from, ask.today) : 0;
  if (days < 1) {
    throw cannotAsk(
      name,
      `no close exists from ${ask.from} on, on ${ask.today}`,
      'Ask for days before today.',
    );
  }
  const coin = pathSegment(ask.symbol, name);
  return {
    target: `/coins/${coin}/market_chart?vs_currency=usd&days=${days}&interval=daily&precision=full`,
  };
}

/**
 * Reads the daily closes by date. A point at exactly 00:00 UTC is the close of the day that ended then;
 * every other point, such as the trailing one stamped "now", belongs to no day and is dropped.
 */
function readMarketChart(body: Uint8Array): RowIndex {
  const chart = readJson(body, marketChart, 'an answer of coingecko market_chart');
  const capAt = valueByStamp(chart.market_caps);
  const volumeAt = valueByStamp(chart.total_volumes);
  const closes = chart.prices.filter(([stampMs]) => stampMs % dayMs === 0);
  return indexRows(
    closes,
    ([stampMs]) => dayEndingAt(stampMs),
    ([stampMs, close]) => ({
      close,
      market_cap: capAt.get(stampMs) ?? null,
      volume: volumeAt.get(stampMs) ?? null,
    }),
  );
}

function dayEndingAt(midnightMs: number): PartitionDate {
  return addDays(utcDateOf(midnightMs), -1);
}

function valueByStamp(points: readonly Point[]): ReadonlyMap<number, number | null> {
  return new Map(points);
}
