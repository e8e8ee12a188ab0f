import { z } from 'zod';
import { readAssets } from './coincap-assets.ts';
import { coincapRefusalOf } from './coincap-refusal.ts';
import { coinListResource } from './coin-list.ts';
import { dayAveragesResource, edgesOf, type DayAverage, type DaysAsk } from './day-averages.ts';
import { marketDecimal } from './decimal-text.ts';
import { sendGet } from './http.ts';
import { instantMs, listOf, readJson } from './read-json.ts';
import { pathSegment } from './request-path.ts';
import type { PageRequest, RawAnswer, Resource, Source, SourceAccess } from './source.ts';
import type { UsualApi } from './usual.ts';

const name = 'coincap';
/** Half of what the API's last version gave at once; what this one gives is not documented. */
const maxRangeDays = 1000;

/**
 * A free key has 4,000 credits a month, and a request costs one and another for each 2,500 bytes of the answer. Requests
 * are what is counted here: 260 of the dearest that are usual, a year of one coin or the first hundred coins, at 15 each.
 */
const usual: UsualApi = {
  isLocal: false,
  baseUrl: 'https://rest.coincap.io/v3',
  final: { time: '01:00', timeZone: 'UTC' },
  key: {
    need: 'needed',
    freeFrom: 'https://pro.coincap.io',
    switchesOn: 'daily averages and a list of the largest coins, 260 requests a month',
  },
  plan: { requestsPerMinute: 60, requestsPerDay: null, requestsPerMonth: 260, historyDays: null },
};

/** The API's own maximum; without a limit it gives a hundred. */
const rowsOnPage = 2000;

/** One day; `date` says the same as `time`. */
const historyRow = z.object({ priceUsd: marketDecimal, time: instantMs });

/** An answer about an API that was switched off has an object with a message where the list belongs. */
const history = z.object({ data: listOf(historyRow) });

/** Builds the source `coincap`: daily average prices of coins in US dollars, and the snapshot of the largest ones. */
export function coincapSource(): Source {
  return { name, usual, resources: { history: historyResource(), assets: assetsResource() } };
}

function send(request: PageRequest, access: SourceAccess): Promise<RawAnswer> {
  const headers = access.apiKey === undefined ? {} : { authorization: `Bearer ${access.apiKey}` };
  return sendGet(request, access, { source: name, headers, refusalOf: coincapRefusalOf });
}

function historyResource(): Resource {
  return dayAveragesResource({
    source: name,
    resource: 'history',
    maxRangeDays,
    targetOf: historyTarget,
    send,
    read: readHistory,
  });
}

function assetsResource(): Resource {
  return coinListResource({
    source: name,
    resource: 'assets',
    rowsOnPage,
    targetOf: (rows, offset) => `/assets?limit=${rows}&offset=${offset}`,
    send,
    read: readAssets,
  });
}

function historyTarget(ask: DaysAsk): string {
  const { firstMs, lastMs } = edgesOf(ask);
  return `/assets/${pathSegment(ask.symbol, name)}/history?interval=d1&start=${firstMs}&end=${lastMs}`;
}

function readHistory(body: Uint8Array, what: string): DayAverage[] {
  const { data } = readJson(body, history, what);
  return data.map(({ time, priceUsd }) => ({ startMs: time, row: { close: priceUsd } }));
}
