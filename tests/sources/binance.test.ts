import { describe, expect, it } from 'vitest';
import { binanceRefusalOf } from '../../sources/binance-refusal.ts';
import { binance } from './candles.ts';
import { accessTo, cellOf, codeOf, page, rangeAsk, refusalOf, startApi } from './support.ts';

const { candles } = binance;
const ask = rangeAsk('BTCUSDT', '2026-01-01', '2026-01-01', '2026-01-02');
const documented =
  '[[1767225600000,"89900.10000000","90500.00000000","89000.00000000","90010.50000000","1234.50000000",1767311999999,"111000000.0",1000000,"600.0","54000000.0","0"]]';
const valid: readonly unknown[] = [
  ...[1_767_225_600_000, '1', '2', '0.5', '1.5', '10', 1_767_311_999_999, '12', 3, '1', '1', '0'],
];
const having = (index: number, value: unknown): unknown => [valid.with(index, value)];

describe('the documented answer', () => {
  it('gives its texts as the numbers they say', () => {
    expect(candles.rowsOfCell([page(documented)], ask, cellOf('BTCUSDT', '2026-01-01'))).toEqual([
      {
        open: 89_900.1,
        high: 90_500,
        low: 89_000,
        close: 90_010.5,
        volume: 1234.5,
        quote_volume: 111_000_000,
        trade_count: 1_000_000,
      },
    ]);
  });

  it('is planned at 1000 days a request', () => {
    expect(candles.coverage).toMatchObject({ maxRangeDays: 1000, rangeEndsToday: false });
  });

  it.each([
    ['1e-7', 1e-7],
    ['0.00000001', 1e-8],
    ['90010.123456789012345', 90_010.123_456_789_012_345],
    [null, null],
    ['NaN', NaN],
    [1.5, 1.5],
  ])('reads a close of %j as %d', (text, close) => {
    const rows = candles.rowsOfCell([page(having(4, text))], ask, cellOf('BTCUSDT', '2026-01-01'));
    expect(rows).toMatchObject([{ close }]);
  });

  it.each(['', ' 1', '1 ', '0x10', '1,5', '.5', '1.', '+1', '--1', 'many', '1_000'])(
    'refuses %j as a price',
    async (text) => {
      expect(await codeOf(() => candles.readPage(page(having(4, text)), ask))).toBe('WrongShape');
    },
  );

  it.each([
    ['stamps in microseconds, as its files have them', having(0, 1_767_225_600_000_000)],
    ['a month in place of a day', having(6, 1_769_903_999_999)],
    ['an end before its start', having(6, 1_767_225_599_999)],
    ['eleven items', [valid.slice(0, 11)]],
    ['thirteen items', [[...valid, '0']]],
    ['a refusal in a 200', { code: -1121, msg: 'Invalid symbol.' }],
  ])('with %s is WrongShape', async (_, body) => {
    expect(await codeOf(() => candles.readPage(page(body), ask))).toBe('WrongShape');
  });
});

describe('a refusal', () => {
  it.each([
    [400, '{"code":-1121,"msg":"Invalid symbol."}', 'SymbolUnknown'],
    [
      400,
      `{"code":-1100,"msg":"Illegal characters found in parameter 'symbol'; legal range is '^[A-Z0-9-_.]{1,20}$'."}`,
      'SymbolUnknown',
    ],
    [400, `{"code":-1100,"msg":"Illegal characters found in parameter 'limit'."}`, 'RequestRefused'],
    [400, '{"code":-1120,"msg":"Invalid interval."}', 'RequestRefused'],
    [400, '{"code":-1003,"msg":"Too many requests."}', 'RateLimited'],
    [403, '<html>403 Forbidden</html>', 'RateLimited'],
    [418, '', 'RateLimited'],
    [400, 'no JSON', 'RequestRefused'],
  ])('%i %s is %s', (status, body, code) => {
    expect(binanceRefusalOf(status, body).code).toBe(code);
  });

  it('of a place is not tried again, and says which host and which other source there are', async () => {
    const body =
      '{"code":0,"msg":"Service unavailable from a restricted location according to \'b. Eligibility\'"}';
    const api = await startApi((_, response) => response.writeHead(451).end(body));
    const error = await refusalOf(() => candles.send(candles.firstPage(ask), accessTo(api.url)));
    await api.close();
    expect([error.code, error.isRetryable]).toEqual(['RequestRefused', false]);
    expect(error.message).toMatch(/restricted location.*data-api\.binance\.vision.*coinbase\.daily_candles/);
  });

  it('of a banned address waits as long as it says', async () => {
    const api = await startApi((_, response) => response.writeHead(418, { 'retry-after': '120' }).end());
    const error = await refusalOf(() => candles.send(candles.firstPage(ask), accessTo(api.url)));
    await api.close();
    expect([error.code, error.isRetryable, error.facts.retryAfterMs]).toEqual(['RateLimited', true, 120_000]);
  });
});

describe('the currency of a pair', () => {
  it.each([
    ['BTCUSDT', 'USDT'],
    ['BTCFDUSD', 'FDUSD'],
    ['BTCBUSD', 'BUSD'],
    ['ETHBTC', 'BTC'],
    ['USDT', undefined],
    ['BTCXYZ', undefined],
  ])('of %s is %s', (symbol, currency) => {
    expect(candles.currencyOf?.(symbol)).toBe(currency);
  });
});
