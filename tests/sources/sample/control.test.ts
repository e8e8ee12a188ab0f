import { describe, expect, it } from 'vitest';
import { chartUrl, openMarket, rangeUrl, statusAndBody } from './support.ts';

const post = (body: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(body) });

describe('the request log', () => {
  it('tells every request with its status and never a key, well spelt, misspelt or in the path', async () => {
    const market = await openMarket({ keys: { coingecko: 'open-sesame', massive: 'swordfish' } });
    await fetch(chartUrl(market, 'bitcoin', 1), { headers: { 'x-cg-demo-api-key': 'open-sesame' } });
    await fetch(`${chartUrl(market, 'bitcoin', 1)}&x_cg_demo_apikey=guess-1`);
    await fetch(rangeUrl(market, 'AAPL', '2026-11-19', '2026-11-19', '&apiKey=swordfish'));
    await fetch(rangeUrl(market, 'swordfish', '2026-11-19', '2026-11-19'), {
      headers: { authorization: 'Bearer guess-2' },
    });
    await fetch(`${market.url}/elsewhere?note=open-sesame`);
    expect(market.requests.map(({ source, status }) => [source, status])).toEqual([
      ['coingecko', 200],
      ['coingecko', 401],
      ['massive', 200],
      ['massive', 401],
      [null, 404],
    ]);
    expect(market.requests[0]).toMatchObject({
      method: 'GET',
      path: '/coingecko/api/v3/coins/bitcoin/market_chart',
      query: { vs_currency: 'usd', days: '1', interval: 'daily' },
      headers: { 'x-cg-demo-api-key': '***' },
    });
    expect(JSON.stringify(market.requests)).not.toMatch(/sesame|swordfish|guess/);
  });

  it('is told over HTTP without telling of that, and can be forgotten', async () => {
    const market = await openMarket();
    await fetch(chartUrl(market, 'bitcoin', 1));
    const [, told] = await statusAndBody(`${market.url}/__market/requests`);
    expect(told).toEqual(market.requests);
    expect(market.requests).toHaveLength(1);
    expect((await fetch(`${market.url}/__market/requests`, { method: 'DELETE' })).status).toBe(204);
    expect(market.requests).toEqual([]);
  });
});

describe('the controls over HTTP', () => {
  it('say that the data are synthetic, as every answer does', async () => {
    const market = await openMarket({ seed: 5 });
    const [, about] = await statusAndBody(`${market.url}/__market`);
    expect(about).toMatchObject({
      synthetic: true,
      seed: 5,
      now: '2026-11-20T17:00:00.000Z',
      apis: { coingecko: market.urlOf('coingecko'), massive: market.urlOf('massive') },
    });
    const answers = [
      await fetch(`${market.url}/__market`),
      await fetch(chartUrl(market, 'nosuch', 1)),
      await fetch(rangeUrl(market, 'AAPL', '2026-11-19', '2026-11-19')),
      await fetch(`${market.url}/elsewhere`),
    ];
    expect(answers.map(({ headers }) => headers.get('x-marketlake-synthetic'))).toEqual(
      Array(4).fill('true'),
    );
  });

  it('order and clear faults, one or a list, with defaults filled in', async () => {
    const market = await openMarket();
    const url = `${market.url}/__market/faults`;
    expect(await statusAndBody(url, post({ kind: 'html' }))).toEqual([200, { ordered: 1 }]);
    const list = [
      { kind: 'status', status: 500 },
      { kind: 'reset', times: null },
    ];
    expect(await statusAndBody(url, post(list))).toEqual([200, { ordered: 2 }]);
    expect(await statusAndBody(url)).toEqual([
      200,
      [
        { kind: 'html', times: 1 },
        { kind: 'status', status: 500, body: 'json', times: 1 },
        { kind: 'reset', times: null },
      ],
    ]);
    await fetch(url, { method: 'DELETE' });
    expect((await fetch(chartUrl(market, 'bitcoin', 1))).status).toBe(200);
  });

  it.each([
    ['no JSON', '{'],
    ['an unknown kind', '{"kind":"earthquake"}'],
    ['a word too many', '{"kind":"html","often":true}'],
    [
      'a date that does not exist',
      '{"kind":"patch-bar","symbol":"AAPL","date":"2026-02-30","change":{"op":"drop"}}',
    ],
  ])('refuse %s and order nothing', async (_what, body) => {
    const market = await openMarket();
    const answer = await fetch(`${market.url}/__market/faults`, { method: 'POST', body });
    expect(answer.status).toBe(400);
    expect(await statusAndBody(`${market.url}/__market/faults`)).toEqual([200, []]);
  });

  it('set the clock and give it back', async () => {
    const market = await openMarket();
    const url = `${market.url}/__market/clock`;
    const later = '2026-12-01T00:00:00.000Z';
    expect(await statusAndBody(url, post({ now: later }))).toMatchObject([200, { now: later }]);
    expect((await fetch(rangeUrl(market, 'AAPL', '2026-11-20', '2026-11-20'))).status).toBe(200);
    expect(await statusAndBody(url, post({ now: null }))).toMatchObject([
      200,
      { now: '2026-11-20T17:00:00.000Z' },
    ]);
    expect((await statusAndBody(url, post({ now: 'noon' })))[0]).toBe(400);
  });

  it('answer 404 to what is no control', async () => {
    const market = await openMarket();
    expect((await statusAndBody(`${market.url}/__market/prices`))[0]).toBe(404);
  });

  it('two markets on one port: the second says that it is taken', async () => {
    const market = await openMarket();
    const port = Number(new URL(market.url).port);
    await expect(openMarket({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
