import { onTestFinished } from 'vitest';
import { z } from 'zod';
import {
  type SampleMarket,
  type SampleMarketOptions,
  startSampleMarket,
} from '../../../sources/sample/server.ts';

/** Noon in New York's winter on a Friday with a session. */
export const noon = new Date('2026-11-20T17:00:00Z');

/** Starts a market whose clock stands at noon, closed when the test ends. */
export async function openMarket(options: SampleMarketOptions = {}): Promise<SampleMarket> {
  const market = await startSampleMarket({ now: () => noon, ...options });
  onTestFinished(() => market.close());
  return market;
}

const rowSchema = z.looseObject({
  T: z.string().optional(),
  t: z.number(),
  o: z.unknown(),
  h: z.unknown(),
  l: z.unknown(),
  c: z.unknown(),
  v: z.unknown(),
});

/** An answer of Massive, as far as the tests look at it. */
export const massiveSchema = z.looseObject({
  status: z.string(),
  results: z.array(rowSchema).nullable().optional(),
  next_url: z.string().optional(),
});

const pointSchema = z.tuple([z.number(), z.unknown()]);

/** An answer of market_chart. */
export const chartSchema = z.strictObject({
  prices: z.array(pointSchema),
  market_caps: z.array(pointSchema),
  total_volumes: z.array(pointSchema),
});

/** Asks for something and parses what comes. */
export async function ask<Schema extends z.ZodType>(url: string, schema: Schema): Promise<z.output<Schema>> {
  const answer = await fetch(url);
  return schema.parse(await answer.json());
}

/** The address of a range of daily bars. */
export function rangeUrl(market: SampleMarket, ticker: string, from: string, to: string, more = ''): string {
  return `${market.urlOf('massive')}/v2/aggs/ticker/${encodeURIComponent(ticker)}/range/1/day/${from}/${to}?adjusted=false${more}`;
}

/** The address of a daily chart. */
export function chartUrl(market: SampleMarket, coin: string, days: number | string): string {
  return `${market.urlOf('coingecko')}/coins/${coin}/market_chart?vs_currency=usd&days=${days}&interval=daily`;
}

/** Status and JSON of an answer. */
export async function statusAndBody(url: string, init?: RequestInit): Promise<[number, unknown]> {
  const answer = await fetch(url, init);
  return [answer.status, await answer.json()];
}
