import { z } from 'zod';
import { coinListResource } from './coin-list.ts';
import { paprikaNumber } from './coinpaprika-number.ts';
import { coinpaprikaRefusalOf } from './coinpaprika-refusal.ts';
import { readTickers } from './coinpaprika-tickers.ts';
import { dayAveragesResource, edgesOf, type DayAverage, type DaysAsk } from './day-averages.ts';
import { sendGet } from './http.ts';
import { instantText } from './instant-text.ts';
import { listOf, readJson } from './read-json.ts';
import { pathSegment } from './request-path.ts';
import type { PageRequest, RawAnswer, Resource, Source, SourceAccess } from './source.ts';
import type { UsualApi } from './usual.ts';

const name = 'coinpaprika';
/** The API's own maximum of rows; without a limit it gives a thousand. */
const rowLimit = 5000;

/** The free plan's year ends at an instant, so that one of its days is kept to spare. A key is paid for. */
const usual: UsualApi = {
  isLocal: false,
  baseUrl: 'https://api.coinpaprika.com/v1',
  baseUrlWithKey: 'https://api-pro.coinpaprika.com/v1',
  final: { time: '01:00', timeZone: 'UTC' },
  key: { need: 'paid' },
  plan: { requestsPerMinute: 60, requestsPerDay: null, requestsPerMonth: 20_000, historyDays: 364 },
  planWithKey: { requestsPerMonth: 400_000 },
};

const historical = listOf(
  z.object({
    timestamp: instantText,
    price: paprikaNumber,
    volume_24h: paprikaNumber,
    market_cap: paprikaNumber,
  }),
);

/** Builds the source `coinpaprika`: daily average prices of coins in US dollars, and the snapshot of the largest ones. */
export function coinpaprikaSource(): Source {
  return { name, usual, resources: { historical: historicalResource(), tickers: tickersResource() } };
}

/** The paid host wants its key as it is, without the usual "Bearer". */
function send(request: PageRequest, access: SourceAccess): Promise<RawAnswer> {
  const headers = access.apiKey === undefined ? {} : { authorization: access.apiKey };
  return sendGet(request, access, { source: name, headers, refusalOf: coinpaprikaRefusalOf });
}

function historicalResource(): Resource {
  return dayAveragesResource({
    source: name,
    resource: 'historical',
    maxRangeDays: rowLimit,
    targetOf: historicalTarget,
    send,
    read: readHistorical,
  });
}

/** The whole list comes at once, whatever is asked of it. */
function tickersResource(): Resource {
  return coinListResource({
    source: name,
    resource: 'tickers',
    targetOf: () => '/tickers?quotes=USD',
    send,
    read: readTickers,
  });
}

/** Names the interval always: the default is five minutes, which the free plan refuses. */
function historicalTarget(ask: DaysAsk): string {
  const { firstMs, lastMs } = edgesOf(ask);
  const end = Math.floor(lastMs / 1000);
  const range = `start=${firstMs / 1000}&end=${end}&interval=1d&limit=${rowLimit}&quote=usd`;
  return `/tickers/${pathSegment(ask.symbol, name)}/historical?${range}`;
}

function readHistorical(body: Uint8Array, what: string): DayAverage[] {
  const rows = readJson(body, historical, what);
  return rows.map(({ timestamp, price, volume_24h, market_cap }) => ({
    startMs: timestamp,
    row: { close: price, market_cap, volume: volume_24h },
  }));
}
