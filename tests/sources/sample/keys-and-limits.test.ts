import { describe, expect, it } from 'vitest';
import type { Question } from '../../../sources/sample/answer.ts';
import { sampleApi } from '../../../sources/sample/apis.ts';
import { createRateGate } from '../../../sources/sample/keys-and-limits.ts';
import { chartUrl, openMarket, rangeUrl, statusAndBody } from './support.ts';

const keys = { coingecko: 'open-sesame', massive: 'swordfish' };

describe('keys', () => {
  it.each([
    ['no key', {}, '', 'API Key was not provided'],
    ['a wrong bearer', { authorization: 'Bearer guess' }, '', 'Unknown API Key'],
    ['an empty key', {}, '&apiKey=', 'Unknown API Key'],
  ])('Massive answers 401 to %s', async (_what, headers, query, error) => {
    const market = await openMarket({ keys });
    const url = rangeUrl(market, 'AAPL', '2026-11-19', '2026-11-19', query);
    expect(await statusAndBody(url, { headers })).toMatchObject([401, { status: 'ERROR', error }]);
  });

  it('Massive takes the key as bearer or as apiKey', async () => {
    const market = await openMarket({ keys });
    const url = rangeUrl(market, 'AAPL', '2026-11-19', '2026-11-19');
    expect((await fetch(url, { headers: { authorization: 'Bearer swordfish' } })).status).toBe(200);
    expect((await fetch(`${url}&apiKey=swordfish`)).status).toBe(200);
  });

  it.each([
    ['no key', {}, '', 401, 10002],
    ['a wrong key', { 'x-cg-demo-api-key': 'guess' }, '', 401, 10002],
    ['a misspelt name', { 'x-cg-demo-apikey': 'open-sesame' }, '', 401, 10002],
    ["the paid plan's header", { 'x-cg-pro-api-key': 'open-sesame' }, '', 400, 10010],
  ])('CoinGecko refuses %s', async (_what, headers, query, status, errorCode) => {
    const market = await openMarket({ keys });
    const answer = await statusAndBody(chartUrl(market, 'bitcoin', 1) + query, { headers });
    expect(answer).toMatchObject([status, { status: { error_code: errorCode } }]);
  });

  it('CoinGecko takes the key as header or in the query, and pings with none', async () => {
    const market = await openMarket({ keys });
    const url = chartUrl(market, 'bitcoin', 1);
    expect((await fetch(url, { headers: { 'x-cg-demo-api-key': 'open-sesame' } })).status).toBe(200);
    expect((await fetch(`${url}&x_cg_demo_api_key=open-sesame`)).status).toBe(200);
    expect((await fetch(`${market.urlOf('coingecko')}/ping`)).status).toBe(200);
  });
});

describe("the host of CoinGecko's paid plan", () => {
  it('takes a key of that plan, refuses a demo key by its host, and alone tells what a key has left', async () => {
    const market = await openMarket({ keys, plans: { coingecko: 'pro' } });
    const url = chartUrl(market, 'bitcoin', 1);
    const demo = { 'x-cg-demo-api-key': keys.coingecko };
    const pro = { 'x-cg-pro-api-key': keys.coingecko };
    expect(await statusAndBody(url, { headers: demo })).toMatchObject([
      400,
      { status: { error_code: 10011 } },
    ]);
    expect((await fetch(url, { headers: pro })).status).toBe(200);
    expect((await fetch(`${url}&x_cg_pro_api_key=guess`)).status).toBe(401);
    const usage = await statusAndBody(`${market.urlOf('coingecko')}/key`, { headers: pro });
    expect(usage).toMatchObject([200, { monthly_call_credit: 500_000 }]);
    const free = await openMarket();
    expect(await statusAndBody(`${free.urlOf('coingecko')}/key`)).toMatchObject([
      401,
      { status: { error_code: 10005 } },
    ]);
  });
});

describe('limits', () => {
  it('Massive answers five a minute and refuses the sixth, without saying how long', async () => {
    const market = await openMarket({ limits: { massive: 5 } });
    const url = rangeUrl(market, 'AAPL', '2026-11-19', '2026-11-19');
    for (let count = 0; count < 5; count += 1) expect((await fetch(url)).status).toBe(200);
    const refused = await fetch(url);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, null]);
    expect(await refused.json()).toMatchObject({ status: 'ERROR' });
    expect((await fetch(chartUrl(market, 'bitcoin', 1))).status).toBe(200);
  });

  it('CoinGecko says with its 429 how long to wait', async () => {
    const market = await openMarket({ limits: { coingecko: 1 } });
    await fetch(chartUrl(market, 'bitcoin', 1));
    const refused = await fetch(chartUrl(market, 'bitcoin', 1));
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ status: { error_code: 429 } });
  });

  it('lets the next request pass once sixty seconds have gone since the oldest', () => {
    let elapsedMs = 0;
    const gate = createRateGate({ massive: 2 }, () => elapsedMs);
    const question: Question = {
      source: 'massive',
      api: sampleApi('massive'),
      method: 'GET',
      target: '/',
      segments: [],
      query: new URLSearchParams(),
      headers: {},
    };
    const passes = (atMs: number): boolean => {
      elapsedMs = atMs;
      return gate.refuse(question, { requestId: 'id', now: new Date(0) }) === undefined;
    };
    expect([0, 30_000, 59_999, 60_000, 60_001, 90_000].map(passes)).toEqual([
      true,
      true,
      false,
      true,
      false,
      true,
    ]);
  });
});
