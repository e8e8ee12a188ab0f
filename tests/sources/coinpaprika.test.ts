import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { loadSettings } from '../../settings.ts';
import { coinpaprikaRefusalOf } from '../../sources/coinpaprika-refusal.ts';
import { coinpaprikaSource } from '../../sources/coinpaprika.ts';
import { missingKey } from '../../sources/missing-keys.ts';
import type { RawPage } from '../../sources/source.ts';
import {
  accessTo,
  cellOf,
  codeOf,
  page,
  rangeAsk,
  recordedError,
  refusalOf,
  resourceOf,
  sharedFolder,
  startApi,
  type TestApi,
} from './support.ts';

const historical = resourceOf(coinpaprikaSource(), 'historical');
const ask = rangeAsk('btc-bitcoin', '2026-11-17', '2026-11-19', '2026-11-20');
const rowsOn = (body: RawPage, date: string): unknown =>
  historical.rowsOfCell([body], ask, cellOf('btc-bitcoin', date));
const row = (timestamp: string, price: unknown, volume_24h: unknown, market_cap: unknown): unknown => ({
  timestamp,
  price,
  volume_24h,
  market_cap,
});

describe('a request', () => {
  it('always names the interval and the limit, since their defaults are five minutes and a thousand rows', () => {
    expect(historical.firstPage(ask).target).toBe(
      '/tickers/btc-bitcoin/historical?start=1794873600&end=1795132799&interval=1d&limit=5000&quote=usd',
    );
  });

  it('asks for no more days than one answer has rows', () => {
    expect(historical.coverage).toMatchObject({ maxRangeDays: 5000, rangeEndsToday: false });
  });

  it.each([
    ['today', rangeAsk('btc-bitcoin', '2026-11-20', '2026-11-20', '2026-11-20')],
    ['no symbol', rangeAsk('', '2026-11-17', '2026-11-19', '2026-11-20')],
    ['a grouped day', { kind: 'grouped', group: 'crypto', date: '2026-11-19' } as const],
  ])('for %s cannot be made', async (_, wrong) => {
    expect(await codeOf(() => historical.firstPage(wrong))).toBe('RequestRefused');
  });
});

describe('an answer', () => {
  it('gives a row to the day that begins at its stamp', () => {
    const answer = page([row('2026-11-17T00:00:00Z', 90010.5, 31_000_000_000, 1_790_000_000_000)]);
    expect(rowsOn(answer, '2026-11-17')).toEqual([
      { close: 90010.5, market_cap: 1_790_000_000_000, volume: 31_000_000_000 },
    ]);
    expect(rowsOn(answer, '2026-11-16')).toEqual([]);
  });

  it('reads an empty text as nothing known, and leaves it to the audit', () => {
    const answer = page([
      row('2026-11-18T00:00:00Z', '', '', null),
      row('2026-11-19T00:00:00Z', 1.5, '', ''),
    ]);
    expect(rowsOn(answer, '2026-11-18')).toEqual([{ close: null, market_cap: null, volume: null }]);
    expect(rowsOn(answer, '2026-11-19')).toEqual([{ close: 1.5, market_cap: null, volume: null }]);
  });

  it('leaves out the running day, and is empty where there is none', () => {
    const answer = page([row('2026-11-20T00:00:00Z', 1, 1, 1), row('2026-11-20T09:00:00Z', 1, 1, 1)]);
    expect(historical.readPage(answer, ask)).toEqual({ rowCount: 0 });
    expect(historical.readPage(page([]), ask)).toEqual({ rowCount: 0 });
  });

  it.each([
    ['by five minutes', [row('2026-11-18T00:00:00Z', 1, 1, 1), row('2026-11-18T00:05:00Z', 1, 1, 1)]],
    ['a price in words', [row('2026-11-18T00:00:00Z', 'many', 1, 1)]],
    ['a date without an instant', [row('2026-11-18', 1, 1, 1)]],
    ['an instant without a zone', [row('2026-11-18T00:00:00', 1, 1, 1)]],
    ['no volume', [{ timestamp: '2026-11-18T00:00:00Z', price: 1, market_cap: 1 }]],
    [
      'candles',
      [{ time_open: '2026-11-18T00:00:00Z', time_close: '2026-11-18T23:59:59Z', open: 1, close: 1 }],
    ],
    ['an error with status 200', { error: 'something' }],
    ['half an answer', '[{"timestamp":"2026-11-18T00:00:00Z","pri'],
  ])('of another shape (%s) is WrongShape', async (_, body) => {
    expect(await codeOf(() => historical.readPage(page(body), ask))).toBe('WrongShape');
  });
});

describe('a key that is paid for', () => {
  const settingsOf = (environment: Record<string, string>) =>
    loadSettings(environment).sources['coinpaprika'];

  it('has an address of its own, unless another is given', () => {
    const COINPAPRIKA_API_KEY = 'paid-key';
    expect(settingsOf({})?.baseUrl).toBe('https://api.coinpaprika.com/v1');
    expect(settingsOf({ COINPAPRIKA_API_KEY })?.baseUrl).toBe('https://api-pro.coinpaprika.com/v1');
    const given = settingsOf({ COINPAPRIKA_API_KEY, COINPAPRIKA_BASE_URL: 'http://127.0.0.1:1/v1' });
    expect(given).toMatchObject({ baseUrl: 'http://127.0.0.1:1/v1', apiKey: 'paid-key' });
  });

  it('is missed by nobody, since no free one would switch anything on', () => {
    const settings = settingsOf({});
    expect(settings && missingKey('live', settings)).toBeUndefined();
  });
});

const planEdge =
  'Getting historical OHLCV data before 2025-11-20 03:59:32.123456789 +0000 UTC is not allowed in this plan. ' +
  'Check plans on coinpaprika.com/api';

describe('a refusal', () => {
  it.each([
    [402, JSON.stringify({ error: planEdge }), 'RangeRefused'],
    [402, '', 'RangeRefused'],
    [403, '{"error":"invalid key"}', 'KeyRefused'],
    [401, '', 'KeyRefused'],
    [404, '{"error":"id not found"}', 'SymbolUnknown'],
    [404, 'not found', 'RequestRefused'],
    [404, '[]', 'RequestRefused'],
    [400, '{"error":"invalid parameter"}', 'RequestRefused'],
  ])('%i %s is %s', (status, body, code) => {
    expect(coinpaprikaRefusalOf(status, body).code).toBe(code);
  });
});

describe('on the wire', () => {
  let api: TestApi | undefined;
  afterEach(() => api?.close());

  it('the key travels as it is, without the usual word before it', async () => {
    api = await startApi((_, response) => response.end('[]'));
    await historical.send(historical.firstPage(ask), accessTo(api.url, { apiKey: 'paid-key' }));
    await historical.send(historical.firstPage(ask), accessTo(api.url));
    expect(api.requests.map(({ headers }) => headers.authorization)).toEqual(['paid-key', undefined]);
  });

  it('what the plan does not give is refused for good, with its own words and what it gives', async () => {
    api = await startApi((_, response) => response.writeHead(402).end(JSON.stringify({ error: planEdge })));
    const { url } = api;
    const error = await refusalOf(() => historical.send(historical.firstPage(ask), accessTo(url)));
    expect([error.code, error.isRetryable]).toEqual(['RangeRefused', false]);
    expect(error.message).toContain('before 2025-11-20 03:59:32');
    expect(error.message).toContain('the free plan of CoinPaprika has days of the last year only');
  });

  it('a limit is trouble that passes', async () => {
    const body = JSON.stringify({ error: 'you have reached maximum request limit' });
    api = await startApi((_, response) => response.writeHead(429).end(body));
    const { url } = api;
    const error = await refusalOf(() => historical.send(historical.firstPage(ask), accessTo(url)));
    expect([error.code, error.isRetryable]).toEqual(['RateLimited', true]);
  });

  it('an address that moved is not followed with the key', async () => {
    api = await startApi((_, response) =>
      response.writeHead(301, { location: 'http://elsewhere.example/v1' }).end(),
    );
    const { url } = api;
    const access = accessTo(url, { apiKey: 'paid-key' });
    const error = await refusalOf(() => historical.send(historical.firstPage(ask), access));
    expect(error.code).toBe('RequestRefused');
    expect(error.message).toContain('elsewhere.example');
    expect(api.requests).toHaveLength(1);
  });
});

const isShared = existsSync(sharedFolder);
describe.skipIf(!isShared)(`recorded answers${isShared ? '' : ' (skipped: ../shared is absent)'}`, () => {
  it('of one coin’s ticker are no history', async () => {
    const { body } = recordedError('coinpaprika_200_ticker_btc.json');
    expect(await codeOf(() => historical.readPage(page(body), ask))).toBe('WrongShape');
  });
});
