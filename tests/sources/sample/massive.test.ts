import { describe, expect, it } from 'vitest';
import { datesBetween } from '../../../workflows/pure/cell.ts';
import { isTradingDay } from '../../../sources/sample/sessions.ts';
import { ask, massiveSchema, openMarket, rangeUrl, statusAndBody } from './support.ts';

const isoOf = ({ t }: { t: number }): string => new Date(t).toISOString();

describe('a range of daily bars', () => {
  it('stamps stocks at midnight in New York on both sides of a change of clocks', async () => {
    const market = await openMarket();
    const spring = await ask(rangeUrl(market, 'AAPL', '2026-03-06', '2026-03-09'), massiveSchema);
    expect(spring.results?.map(isoOf)).toEqual(['2026-03-06T05:00:00.000Z', '2026-03-09T04:00:00.000Z']);
    const autumn = await ask(rangeUrl(market, 'AAPL', '2026-10-30', '2026-11-02'), massiveSchema);
    expect(autumn.results?.map(isoOf)).toEqual(['2026-10-30T04:00:00.000Z', '2026-11-02T05:00:00.000Z']);
  });

  it('stamps currencies at midnight UTC, Monday to Friday', async () => {
    const market = await openMarket();
    const { results } = await ask(rangeUrl(market, 'C:EURUSD', '2026-11-13', '2026-11-17'), massiveSchema);
    expect(results?.map(isoOf)).toEqual([
      '2026-11-13T00:00:00.000Z',
      '2026-11-16T00:00:00.000Z',
      '2026-11-17T00:00:00.000Z',
    ]);
  });

  it.each(['asc', 'desc'])('pages a range so that every session comes exactly once (%s)', async (sort) => {
    const market = await openMarket({ pageSize: 7 });
    const stamps: string[] = [];
    let url: string | undefined = rangeUrl(market, 'BRK.B', '2026-08-22', '2026-11-19', `&sort=${sort}`);
    while (url !== undefined) {
      const page: { results?: { t: number }[] | null | undefined; next_url?: string | undefined } = await ask(
        url,
        massiveSchema,
      );
      stamps.push(...(page.results ?? []).map((row) => isoOf(row).slice(0, 10)));
      url = page.next_url;
    }
    const sessions = datesBetween('2026-08-22', '2026-11-19').filter((date) => isTradingDay('stock', date));
    expect(stamps).toEqual(sort === 'asc' ? sessions : sessions.reverse());
    expect(market.requests).toHaveLength(9);
  });

  it('tells a bar alike whichever range and page it stands in', async () => {
    const market = await openMarket();
    const whole = await ask(rangeUrl(market, 'SPY', '2026-01-01', '2026-11-19'), massiveSchema);
    const one = await ask(rangeUrl(market, 'SPY', '2026-06-10', '2026-06-10'), massiveSchema);
    expect(one.results).toHaveLength(1);
    expect(whole.results).toContainEqual(one.results?.[0]);
  });

  it('gives next_url whole, without the key, where it is told to point', async () => {
    const keys = { massive: 'sesame' };
    const own = await openMarket({ pageSize: 2, keys });
    const foreign = await openMarket({ pageSize: 2, keys, toldBaseUrl: 'https://foreign.example' });
    const more = '&apiKey=sesame';
    const ownPage = await ask(rangeUrl(own, 'AAPL', '2026-11-09', '2026-11-13', more), massiveSchema);
    expect(ownPage.next_url).toMatch(
      new RegExp(`^${own.urlOf('massive')}/v2/aggs/ticker/AAPL/range/1/day/\\d+/2026-11-13\\?cursor=`),
    );
    const foreignPage = await ask(rangeUrl(foreign, 'AAPL', '2026-11-09', '2026-11-13', more), massiveSchema);
    expect(foreignPage.next_url).toMatch(/^https:\/\/foreign\.example\/v2\/aggs\//);
    expect(`${ownPage.next_url} ${foreignPage.next_url}`).not.toContain('sesame');
    const [status] = await statusAndBody(ownPage.next_url ?? '');
    expect(status).toBe(401);
  });

  it('writes large volumes as 7.1e+07, some with parts of a share, and leaves out what it does not know', async () => {
    const market = await openMarket();
    const answer = await fetch(rangeUrl(market, 'AAPL', '2025-11-20', '2026-11-19'));
    const text = await answer.text();
    expect(text).toMatch(/"v":\d\.\d+e\+07/);
    const rows = massiveSchema.parse(JSON.parse(text)).results ?? [];
    expect(rows.filter((row) => !Number.isInteger(row.v)).length).toBeGreaterThan(50);
    expect(rows.filter((row) => !('vw' in row)).length).toBeGreaterThan(2);
    expect(rows.filter((row) => 'vw' in row !== 'n' in row)).toEqual([]);
  });

  it.each(['ZZZZ', 'aapl', 'SMPW'])(
    'answers the unknown ticker %s with 200 and no results',
    async (ticker) => {
      const market = await openMarket();
      const [status, body] = await statusAndBody(rangeUrl(market, ticker, '2026-11-16', '2026-11-19'));
      expect(status).toBe(200);
      expect(body).toMatchObject({ ticker, status: 'OK', resultsCount: 0 });
      expect(body).not.toHaveProperty('results');
    },
  );

  it.each(['SMPw', 'BRK.B', 'SMP/U'])('knows %s', async (ticker) => {
    const market = await openMarket();
    const { results } = await ask(rangeUrl(market, ticker, '2026-11-16', '2026-11-19'), massiveSchema);
    expect(results).toHaveLength(4);
  });

  it('answers a weekend and a holiday without results', async () => {
    const market = await openMarket();
    const weekend = await ask(rangeUrl(market, 'AAPL', '2026-11-14', '2026-11-15'), massiveSchema);
    const labourDay = await ask(rangeUrl(market, 'AAPL', '2026-09-07', '2026-09-07'), massiveSchema);
    expect([weekend.results, labourDay.results]).toEqual([undefined, undefined]);
  });

  it('refuses today, as New York counts it, and the future', async () => {
    const market = await openMarket();
    const url = rangeUrl(market, 'AAPL', '2026-11-19', '2026-11-20');
    market.setNow(new Date('2026-11-21T04:59:59Z'));
    const [status, body] = await statusAndBody(url);
    expect(status).toBe(403);
    expect(body).toMatchObject({
      status: 'NOT_AUTHORIZED',
      message: expect.stringContaining('timeframe') as string,
    });
    market.setNow(new Date('2026-11-21T05:00:00Z'));
    expect((await ask(url, massiveSchema)).results).toHaveLength(2);
    expect((await statusAndBody(rangeUrl(market, 'AAPL', '2027-01-04', '2027-01-05')))[0]).toBe(403);
  });

  it('clips a range that begins before two years ago, refuses one that ends there', async () => {
    const market = await openMarket();
    const clipped = await ask(rangeUrl(market, 'AAPL', '2022-01-01', '2026-11-19'), massiveSchema);
    expect(clipped.results?.slice(0, 1).map(isoOf)).toEqual(['2024-11-20T05:00:00.000Z']);
    expect((await statusAndBody(rangeUrl(market, 'AAPL', '2022-01-01', '2022-12-31')))[0]).toBe(403);
    const strict = await openMarket({ partlyTooOld: 'refuse' });
    expect((await statusAndBody(rangeUrl(strict, 'AAPL', '2022-01-01', '2026-11-19')))[0]).toBe(403);
    const endless = await openMarket({ history: { massive: null } });
    const all = await ask(rangeUrl(endless, 'AAPL', '2010-01-01', '2026-11-19'), massiveSchema);
    expect(all.results?.slice(0, 1).map(isoOf)).toEqual(['2015-01-02T05:00:00.000Z']);
  });

  it.each([
    ['from after to', '2026-11-19/2026-11-18', ''],
    ['a date that does not exist', '2026-02-30/2026-03-02', ''],
    ['a limit too large', '2026-11-01/2026-11-19', '?limit=50001'],
    ['an unknown order', '2026-11-01/2026-11-19', '?sort=up'],
    ['a forged cursor', '2026-11-01/2026-11-19', '?cursor=Zm9v'],
  ])('answers 400 to %s', async (_what, range, query) => {
    const market = await openMarket();
    const [status, body] = await statusAndBody(
      `${market.urlOf('massive')}/v2/aggs/ticker/AAPL/range/1/day/${range}${query}`,
    );
    expect(status).toBe(400);
    expect(body).toMatchObject({ status: 'ERROR', error: expect.any(String) as string });
  });
});

describe('the other endpoints of Massive', () => {
  it('grouped stocks tell the bars of the ranges, stamped at 16:00 in New York', async () => {
    const market = await openMarket();
    const grouped = await ask(
      `${market.urlOf('massive')}/v2/aggs/grouped/locale/us/market/stocks/2026-07-02`,
      massiveSchema,
    );
    const range = await ask(rangeUrl(market, 'MSFT', '2026-07-02', '2026-07-02'), massiveSchema);
    const row = grouped.results?.find(({ T }) => T === 'MSFT');
    expect(row).toEqual({ ...range.results?.[0], T: 'MSFT', t: Date.parse('2026-07-02T20:00:00Z') });
    expect(grouped.results).toHaveLength(41);
  });

  it('grouped currencies are stamped at the last millisecond of the day', async () => {
    const market = await openMarket();
    const url = `${market.urlOf('massive')}/v2/aggs/grouped/locale/global/market/fx/2026-11-19`;
    const { results } = await ask(url, massiveSchema);
    expect(new Set(results?.map(isoOf))).toEqual(new Set(['2026-11-19T23:59:59.999Z']));
    expect(results?.map(({ T }) => T)).toContain('C:GBPUSD');
  });

  it.each([
    ['us/market/stocks/2026-11-20', "today's data"],
    ['us/market/stocks/2026-11-21', 'timeframe'],
    ['us/market/stocks/2024-11-19', 'timeframe'],
    ['us/market/options/2026-11-19', 'not entitled'],
    ['us/market/stocks/2026/11/19', 'not entitled'],
  ])('grouped refuses %s: %s', async (path, text) => {
    const market = await openMarket();
    const [status, body] = await statusAndBody(`${market.urlOf('massive')}/v2/aggs/grouped/locale/${path}`);
    expect(status).toBe(403);
    expect(body).toMatchObject({
      status: 'NOT_AUTHORIZED',
      message: expect.stringContaining(text) as string,
    });
  });

  it('grouped has no results on a closed day', async () => {
    const market = await openMarket();
    const url = `${market.urlOf('massive')}/v2/aggs/grouped/locale/us/market/stocks/2026-07-03`;
    expect((await ask(url, massiveSchema)).results).toBeUndefined();
  });

  it('open-close is flat, and 404 without a session', async () => {
    const market = await openMarket();
    const url = `${market.urlOf('massive')}/v1/open-close/AAPL`;
    const [status, body] = await statusAndBody(`${url}/2026-11-19`);
    expect([status, body]).toEqual([200, expect.objectContaining({ symbol: 'AAPL', close: 195.18 })]);
    expect(await statusAndBody(`${url}/2026-11-15`)).toMatchObject([404, { status: 'NOT_FOUND' }]);
  });

  it('reference says that a ticker is synthetic, and 404 for one it does not list', async () => {
    const market = await openMarket();
    const url = `${market.urlOf('massive')}/v3/reference/tickers`;
    expect(await statusAndBody(`${url}/AAPL`)).toMatchObject([
      200,
      { results: { name: 'AAPL (synthetic)' } },
    ]);
    expect(await statusAndBody(`${url}/ZZZZ`)).toMatchObject([404, { message: 'Ticker not found.' }]);
  });
});
