import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createPriceBook } from '../../../sources/sample/price-book.ts';
import type { SampleMarket } from '../../../sources/sample/server.ts';
import { ask, chartSchema, chartUrl, openMarket, statusAndBody } from './support.ts';

const dayMs = 86_400_000;

async function stampsOf(market: SampleMarket, days: number): Promise<string[]> {
  const { prices } = await ask(chartUrl(market, 'bitcoin', days), chartSchema);
  return prices.map(([ms]) => new Date(ms).toISOString());
}

describe('market_chart', () => {
  it('answers N midnights, today included, and one point of now', async () => {
    const market = await openMarket();
    expect(await stampsOf(market, 2)).toEqual([
      '2026-11-19T00:00:00.000Z',
      '2026-11-20T00:00:00.000Z',
      '2026-11-20T16:59:22.877Z',
    ]);
    expect(await stampsOf(market, 365)).toHaveLength(366);
  });

  it("tells the close of the day before at each midnight, and that day's turnover", async () => {
    const market = await openMarket();
    const book = createPriceBook(1);
    const bitcoin = book.find('crypto', 'bitcoin');
    expect.assert(bitcoin !== undefined);
    const { prices, total_volumes: volumes } = await ask(chartUrl(market, 'bitcoin', 3), chartSchema);
    const bars = ['2026-11-17', '2026-11-18', '2026-11-19'].map((date) => book.barOf(bitcoin, date));
    expect(prices.slice(0, 3).map(([, price]) => price)).toEqual(bars.map((bar) => bar?.close));
    expect(volumes.slice(0, 3).map(([, volume]) => volume)).toEqual(bars.map((bar) => bar?.volume));
  });

  it('tells a midnight alike in every window and on every day it is asked', async () => {
    const market = await openMarket();
    const first = await ask(chartUrl(market, 'ethereum', 30), chartSchema);
    market.setNow(new Date('2026-12-05T09:00:00Z'));
    const later = new Map((await ask(chartUrl(market, 'ethereum', 90), chartSchema)).prices);
    const midnights = first.prices.filter(([ms]) => ms % dayMs === 0);
    expect(midnights).toHaveLength(30);
    expect(midnights.map(([ms]) => later.get(ms))).toEqual(midnights.map(([, price]) => price));
  });

  it("holds back today's midnight until ten past, and never stamps now on a midnight", async () => {
    const market = await openMarket();
    market.setNow(new Date('2026-11-20T00:09:59Z'));
    expect(await stampsOf(market, 1)).toEqual(['2026-11-20T00:09:21.877Z']);
    market.setNow(new Date('2026-11-20T00:10:00Z'));
    expect(await stampsOf(market, 1)).toEqual(['2026-11-20T00:00:00.000Z', '2026-11-20T00:09:22.877Z']);
    market.setNow(new Date('2026-11-20T00:00:37.123Z'));
    expect(await stampsOf(market, 1)).toEqual(['2026-11-19T23:59:59.999Z']);
  });

  it('answers unaligned hours where no interval is asked for and the range is short', async () => {
    const market = await openMarket();
    const url = `${market.urlOf('coingecko')}/coins/bitcoin/market_chart?vs_currency=usd&days=2`;
    const { prices } = await ask(url, chartSchema);
    expect(prices).toHaveLength(49);
    expect(prices.filter(([ms]) => ms % 3_600_000 === 0)).toEqual([]);
    const daily = await ask(url.replace('days=2', 'days=91'), chartSchema);
    expect(daily.prices.slice(0, -1).filter(([ms]) => ms % dayMs !== 0)).toEqual([]);
  });

  it('does not know some market values', async () => {
    const market = await openMarket();
    const { market_caps: caps } = await ask(chartUrl(market, 'bitcoin', 365), chartSchema);
    const unknown = caps.filter(([, cap]) => cap === null);
    expect(unknown.length).toBeGreaterThan(0);
    expect(unknown.length).toBeLessThan(30);
  });

  it.each([366, 'max'])('refuses days=%s as a matter of range, not of key', async (days) => {
    const market = await openMarket();
    const [status, body] = await statusAndBody(chartUrl(market, 'bitcoin', days));
    expect(status).toBe(401);
    expect(body).toMatchObject({ error: { status: { error_code: 10012 } } });
  });

  it('answers everything where its history has no edge', async () => {
    const market = await openMarket({ history: { coingecko: null } });
    const { prices } = await ask(chartUrl(market, 'bitcoin', 'max'), chartSchema);
    expect(new Date(prices[0]?.[0] ?? 0).toISOString()).toBe('2015-01-02T00:00:00.000Z');
  });

  it.each([
    ['/coins/nosuchcoin/market_chart?vs_currency=usd&days=1', 404, { error: 'coin not found' }],
    ['/coins/bitcoin/market_chart?days=1', 422, { error: 'Missing parameter vs_currency' }],
    ['/coins/bitcoin/market_chart?vs_currency=usd', 422, { error: 'Missing parameter days' }],
    ['/coins/bitcoin/market_chart?vs_currency=xyz&days=1', 400, { error: 'invalid vs_currency' }],
    ['/coins/bitcoin/market_chart?vs_currency=usd&days=0', 400, { error: 'invalid days' }],
  ])('answers %s with %i', async (path, status, body) => {
    const market = await openMarket();
    expect(await statusAndBody(market.urlOf('coingecko') + path)).toEqual([status, body]);
  });
});

describe('the other endpoints of CoinGecko', () => {
  it('history tells a midnight from 00:35 on, in either form of date, and no data before', async () => {
    const market = await openMarket();
    market.setNow(new Date('2026-11-20T00:34:59Z'));
    const url = `${market.urlOf('coingecko')}/coins/bitcoin/history?date=`;
    expect((await statusAndBody(`${url}20-11-2026`))[1]).not.toHaveProperty('market_data');
    market.setNow(new Date('2026-11-20T00:35:00Z'));
    const expected = { market_data: { current_price: { usd: 76533.013 } } };
    expect((await statusAndBody(`${url}20-11-2026`))[1]).toMatchObject(expected);
    expect((await statusAndBody(`${url}2026-11-20`))[1]).toMatchObject(expected);
  });

  it('simple/price leaves out a coin it does not know, and coins/list says that all is synthetic', async () => {
    const market = await openMarket();
    const prices = await statusAndBody(
      `${market.urlOf('coingecko')}/simple/price?ids=bitcoin,nosuch&vs_currencies=usd,eur`,
    );
    expect(prices).toEqual([
      200,
      { bitcoin: { usd: expect.any(Number) as number, eur: expect.any(Number) as number } },
    ]);
    const list = await ask(
      `${market.urlOf('coingecko')}/coins/list`,
      z.array(z.object({ name: z.string() })),
    );
    expect(list.filter(({ name }) => !name.includes('synthetic'))).toEqual([]);
  });
});
