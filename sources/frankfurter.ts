import { z } from 'zod';
import { isPartitionDate, type PartitionDate } from '../workflows/pure/cell.ts';
import { frankfurterRefusalOf } from './frankfurter-refusal.ts';
import { sendGet } from './http.ts';
import { marketNumber, readJson, wrongShape } from './read-json.ts';
import { rememberPages } from './remember.ts';
import { cannotAsk } from './request-path.ts';
import { SourceError } from './source-error.ts';
import type { Ask, PageRequest, Resource, Source } from './source.ts';
import type { UsualApi } from './usual.ts';

const name = 'frankfurter';
const what = 'an answer of frankfurter';

const usual: UsualApi = {
  isLocal: false,
  baseUrl: 'https://api.frankfurter.dev/v1',
  // Out at about 16:00 of the day itself, at the ECB.
  final: { time: '00:00', timeZone: 'Europe/Berlin' },
  key: { need: 'none' },
  // No limit is published: this is manners.
  plan: { requestsPerMinute: 60, requestsPerDay: null, requestsPerMonth: null, historyDays: null },
};

const date = z.string().refine(isPartitionDate, 'expected a date');

/** Rates multiplied by another amount than one would be no rates. */
const series = z.object({
  amount: z.literal(1),
  base: z.string(),
  start_date: date,
  end_date: date,
  rates: z.custom<Readonly<Record<string, unknown>>>(isObject, 'expected an object'),
});

/** Builds the source `frankfurter`: the ECB's daily reference rates of currencies, without a key. */
export function frankfurterSource(): Source {
  return { name, usual, resources: { daily_rates: dailyRatesResource() } };
}

function dailyRatesResource(): Resource {
  const ratesOf = rememberPages((body, ask) => readRates(body, pairOf(ask)));
  return {
    // Some installations answer a longer range with one rate a week.
    coverage: { maxRangeDays: 365, rangeEndsToday: false, groupOf: () => null },
    firstPage: ratesRequest,
    send: (request, access) =>
      sendGet(request, access, { source: name, headers: {}, refusalOf: frankfurterRefusalOf }),
    readPage: ({ body }, ask) => ({ rowCount: ratesOf(body, ask).size }),
    rowsOfCell: (pages, ask, cell) =>
      ask.kind === 'range' && ask.symbol === cell.symbol
        ? pages.flatMap(({ body }) => {
            const close = ratesOf(body, ask).get(cell.date);
            return close === undefined ? [] : [{ close }];
          })
        : [],
  };
}

interface Pair {
  readonly base: string;
  readonly quote: string;
}

/** A pair is written as one word, as the market does: `EURUSD` is what one euro is worth in dollars. */
function pairOf(ask: Ask): Pair {
  if (ask.kind !== 'range') {
    throw cannotAsk(name, 'it has no whole-market day', 'Ask for one pair and a range of dates.');
  }
  const [, base, quote] = /^([A-Z]{3})([A-Z]{3})$/.exec(ask.symbol) ?? [];
  if (base !== undefined && quote !== undefined && base !== quote) return { base, quote };
  throw new SourceError(
    'SymbolUnknown',
    `Building a request to ${name}: "${ask.symbol}" is no pair of currencies. Write the asset’s symbol like EURUSD: the base, then what it is worth in.`,
  );
}

/** Asks for a range even where it is one day: asked for a single day that has no rate, the API answers with another. */
function ratesRequest(ask: Ask): PageRequest {
  const { base, quote } = pairOf(ask);
  if (ask.kind !== 'range' || !isPartitionDate(ask.from) || !isPartitionDate(ask.to)) {
    throw cannotAsk(name, 'its range is no dates', 'Ask for a range of dates.');
  }
  return { target: `/${ask.from}..${ask.to}?base=${base}&symbols=${quote}` };
}

/**
 * Reads the rates by date. The dates are the body's own: a range that begins on a Saturday is answered from Friday
 * on. They must run from `start_date` to `end_date`, or a part of the answer is gone.
 */
function readRates(body: Uint8Array, { base, quote }: Pair): ReadonlyMap<PartitionDate, number | null> {
  const answer = readJson(body, series, what);
  if (answer.base !== base) throw wrongShape(what, `its base is not ${base}`, body);
  const days = Object.keys(answer.rates).sort();
  if (days[0] !== answer.start_date || days.at(-1) !== answer.end_date) {
    throw wrongShape(what, 'its rates do not run from its start_date to its end_date', body);
  }
  const rates = new Map<PartitionDate, number | null>();
  for (const [day, quotes] of Object.entries(answer.rates)) {
    const rate = marketNumber.optional().safeParse(isObject(quotes) ? ownOf(quotes, quote) : undefined);
    if (!isPartitionDate(day) || !isObject(quotes) || !rate.success) {
      throw wrongShape(what, `rates.${day.slice(0, 20)} is not a day's rates`, body);
    }
    // A day on which the ECB left this currency out has no rate of it, which is that day's trouble alone.
    if (rate.data !== undefined) rates.set(day, rate.data);
  }
  return rates;
}

function ownOf(quotes: Readonly<Record<string, unknown>>, quote: string): unknown {
  return Object.hasOwn(quotes, quote) ? quotes[quote] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
