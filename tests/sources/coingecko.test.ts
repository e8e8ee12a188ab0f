import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { coingeckoSource, keyHeaderOf } from '../../sources/coingecko.ts';
import { coingeckoRefusalOf } from '../../sources/coingecko-refusal.ts';
import type { RawPage } from '../../sources/source.ts';
import {
  accessTo,
  cellOf,
  codeOf,
  page,
  rangeAsk,
  recordedError,
  recordedIn,
  refusalOf,
  resourceOf,
  sharedFolder,
  startApi,
  type TestApi,
} from './support.ts';

const chart = resourceOf(coingeckoSource(), 'market_chart');
const day = (date: string): number => Date.parse(`${date}T00:00:00Z`);
const ask = rangeAsk('bitcoin', '2026-11-17', '2026-11-19', '2026-11-20');
const rowsOn = (body: RawPage, date: string): unknown =>
  chart.rowsOfCell([body], ask, cellOf('bitcoin', date));

const answer = page({
  prices: [
    [day('2026-11-18'), 90_010.5],
    [day('2026-11-19'), 0],
    [day('2026-11-20'), null],
    [day('2026-11-20') + 38_123_456, 90_700.9],
  ],
  market_caps: [
    [day('2026-11-18'), 1.79e12],
    [day('2026-11-19'), null],
    [day('2026-11-20') + 38_123_456, 1.8e12],
  ],
  total_volumes: [
    [day('2026-11-18'), 31e9],
    [day('2026-11-19'), -1],
    [day('2026-11-20'), 28_000_000_000.5],
  ],
  something_new: {},
});

describe('a request', () => {
  it('reaches back to the midnight that ends its first day', () => {
    expect(chart.firstPage(ask).target).toBe(
      '/coins/bitcoin/market_chart?vs_currency=usd&days=3&interval=daily&precision=full',
    );
    expect(chart.firstPage(rangeAsk('bitcoin', '2026-11-19', '2026-11-19', '2026-11-20')).target).toContain(
      'days=1&',
    );
  });

  it('keeps a symbol in its place', () => {
    const { target } = chart.firstPage(rangeAsk('../a b?days=9', '2026-11-17', '2026-11-17', '2026-11-20'));
    expect(target).toMatch(/^\/coins\/\.\.%2Fa%20b%3Fdays%3D9\/market_chart\?/);
  });

  it.each([
    ['today', rangeAsk('bitcoin', '2026-11-20', '2026-11-20', '2026-11-20')],
    ['a later day', rangeAsk('bitcoin', '2026-11-21', '2026-11-22', '2026-11-20')],
    ['a day that does not exist', rangeAsk('bitcoin', '2026-02-30', '2026-11-19', '2026-11-20')],
    ['no symbol', rangeAsk('', '2026-11-17', '2026-11-19', '2026-11-20')],
    ['a symbol that climbs', rangeAsk('..', '2026-11-17', '2026-11-19', '2026-11-20')],
    ['a grouped day', { kind: 'grouped', group: 'crypto', date: '2026-11-19' } as const],
  ])('for %s cannot be made', async (_, wrong) => {
    expect(await codeOf(() => chart.firstPage(wrong))).toBe('RequestRefused');
  });

  it('names the key as its host wants it', () => {
    expect(keyHeaderOf('https://pro-api.coingecko.com/api/v3')).toBe('x-cg-pro-api-key');
    expect(keyHeaderOf('https://api.coingecko.com/api/v3')).toBe('x-cg-demo-api-key');
    expect(keyHeaderOf('http://127.0.0.1:80/pro-api.coingecko.com')).toBe('x-cg-demo-api-key');
  });
});

describe('an answer', () => {
  it('gives a midnight point to the day that ended then', () => {
    expect(rowsOn(answer, '2026-11-17')).toEqual([{ close: 90_010.5, market_cap: 1.79e12, volume: 31e9 }]);
  });

  it('keeps zeros, nulls and negative numbers for the audit', () => {
    expect(rowsOn(answer, '2026-11-18')).toEqual([{ close: 0, market_cap: null, volume: -1 }]);
    expect(rowsOn(answer, '2026-11-19')).toEqual([
      { close: null, market_cap: null, volume: 28_000_000_000.5 },
    ]);
  });

  it('drops the point stamped "now", and counts what is left', () => {
    expect(rowsOn(answer, '2026-11-20')).toEqual([]);
    expect(chart.readPage(answer, ask)).toEqual({ rowCount: 3 });
  });

  it('hands a day that comes twice on twice', () => {
    const twice = page({
      prices: [
        [day('2026-11-18'), 1],
        [day('2026-11-18'), 2],
      ],
      market_caps: [],
      total_volumes: [],
    });
    expect(rowsOn(twice, '2026-11-17')).toHaveLength(2);
  });

  it('says nothing about another coin', () => {
    expect(chart.rowsOfCell([answer], ask, cellOf('ethereum', '2026-11-17'))).toEqual([]);
  });

  it('hands a quoted NaN to the audit as the number it stands for', () => {
    const lie = page({ prices: [[day('2026-11-18'), 'NaN']], market_caps: [], total_volumes: [] });
    expect(rowsOn(lie, '2026-11-17')).toEqual([{ close: NaN, market_cap: null, volume: null }]);
  });

  it.each([
    ['HTML', '<html><title>Sorry</title></html>'],
    ['half an answer', '{"prices":[[1767225600000,900'],
    ['nothing', ''],
    ['another object', { status: { error_code: 429 } }],
    ['a price in words', { prices: [[0, 'many']], market_caps: [], total_volumes: [] }],
    ['a stamp with a fraction', { prices: [[0.5, 1]], market_caps: [], total_volumes: [] }],
    ['a stamp beyond all dates', { prices: [[8.64e15, 1]], market_caps: [], total_volumes: [] }],
    ['a point of three', { prices: [[0, 1, 2]], market_caps: [], total_volumes: [] }],
    ['no volumes', { prices: [], market_caps: [] }],
  ])('of another shape (%s) is WrongShape', async (_, body) => {
    const error = await refusalOf(() => chart.readPage(page(body), ask));
    expect(error.code).toBe('WrongShape');
    expect(error.facts.body).toBeDefined();
  });

  it('that is HTML is quoted in the message', async () => {
    const error = await refusalOf(() => chart.readPage(page('<html>\n<title>Sorry</title>'), ask));
    expect(error.message).toContain('the body begins "<html> <title>Sorry</title>"');
  });
});

describe('a refusal', () => {
  const status = (code: number): string =>
    JSON.stringify({ status: { error_code: code, error_message: 'x' } });
  it.each([
    [401, JSON.stringify({ error: { status: { error_code: 10012 } } }), 'RangeRefused'],
    [401, status(10012), 'RangeRefused'],
    [401, JSON.stringify({ error_code: 10012 }), 'RangeRefused'],
    [401, status(10002), 'KeyRefused'],
    [401, status(10005), 'KeyRefused'],
    [400, status(10010), 'KeyRefused'],
    [400, status(10011), 'KeyRefused'],
    [401, '', 'KeyRefused'],
    [403, 'Throttled', 'RateLimited'],
    [403, '<html>error code: 1020</html>', 'RateLimited'],
    [403, '{"error":"blocked"}', 'RequestRefused'],
    [404, '{"error":"coin not found"}', 'SymbolUnknown'],
    [404, '<html>not found</html>', 'RequestRefused'],
    [400, '{"error":"invalid vs_currency"}', 'RequestRefused'],
    [422, '{"error":"Missing parameter vs_currency"}', 'RequestRefused'],
    [451, '', 'RequestRefused'],
  ])('%i %s is %s', (httpStatus, body, code) => {
    expect(coingeckoRefusalOf(httpStatus, body).code).toBe(code);
  });
});

describe('on the wire', () => {
  let api: TestApi | undefined;
  afterEach(() => api?.close());

  it('the key travels in the header, and none is sent where there is none', async () => {
    api = await startApi((_, response) => response.end('{}'));
    await chart.send(chart.firstPage(ask), accessTo(api.url, { apiKey: 'demo-key' }));
    await chart.send(chart.firstPage(ask), accessTo(api.url));
    expect(api.requests.map(({ headers }) => headers['x-cg-demo-api-key'])).toEqual(['demo-key', undefined]);
    expect(api.requests.every(({ url }) => !url?.includes('key'))).toBe(true);
  });
});

const isShared = existsSync(sharedFolder);
describe.skipIf(!isShared)(`recorded answers${isShared ? '' : ' (skipped: ../shared is absent)'}`, () => {
  const recordedAsk = rangeAsk('bitcoin', '2021-02-14', '2021-05-14', '2021-05-15');
  const daily = 'coingecko/daily_historical_prices_for_one_coin.yml';

  it('of 90 days give 90 closes on the right days', () => {
    const [whole] = recordedIn(daily);
    expect(chart.readPage(page(whole?.body), recordedAsk)).toEqual({ rowCount: 90 });
    const on = (date: string): unknown =>
      chart.rowsOfCell([page(whole?.body)], recordedAsk, cellOf('bitcoin', date));
    expect(on('2021-02-13')).toEqual([]);
    expect(on('2021-02-14')).toEqual([
      { close: 48_607.8745224845, market_cap: 905_515_462_576.995, volume: 57_738_376_570.131905 },
    ]);
    expect(on('2021-05-14')).toHaveLength(1);
    expect(on('2021-05-15')).toEqual([]);
  });

  it.each(['hourly', 'minutely'])('with %s points give no day at all', (kind) => {
    const charts = recordedIn(`coingecko/${kind}_historical_prices_for_one_coin.yml`).filter(
      ({ status }) => status === 200,
    );
    expect(charts.length).toBeGreaterThan(0);
    for (const { body } of charts) expect(chart.readPage(page(body), recordedAsk)).toEqual({ rowCount: 0 });
  });

  it.each([
    'historical_price_for_one_coin_at_a_previous_date',
    'market_data_for_a_coin',
    'market_data_for_multiple_coins_in_eth',
    'ohlc_data_for_one_coin_in_the_last_7_days',
    'price_for_multiple_coins',
    'simple_price_for_one_coin',
  ])('of another endpoint (%s) are WrongShape', async (file) => {
    const bodies = recordedIn(`coingecko/${file}.yml`);
    expect(bodies.length).toBeGreaterThan(0);
    for (const { body } of bodies)
      expect(await codeOf(() => chart.readPage(page(body), ask))).toBe('WrongShape');
  });

  it('that refuse are refused as what they are', () => {
    const missing = recordedIn(daily)[1];
    expect([missing?.status, coingeckoRefusalOf(422, missing?.body ?? '').code]).toEqual([
      422,
      'RequestRefused',
    ]);
    const { body } = recordedError('coingecko_401_10012_time_range.json');
    expect(coingeckoRefusalOf(401, JSON.stringify(body)).code).toBe('RangeRefused');
  });

  it('that limit are RateLimited on the wire', async () => {
    const { status, body } = recordedError('coingecko_429_rate_limit.json');
    const api = await startApi((_, response) => {
      response.writeHead(status ?? 0, { 'retry-after': '60' }).end(JSON.stringify(body));
    });
    const error = await refusalOf(() => chart.send(chart.firstPage(ask), accessTo(api.url)));
    await api.close();
    expect([error.code, error.facts.retryAfterMs]).toEqual(['RateLimited', 60_000]);
  });
});
