import { describe, expect, it } from 'vitest';
import { coinbaseRefusalOf } from '../../sources/coinbase-refusal.ts';
import { coinbase } from './candles.ts';
import { cellOf, codeOf, page, rangeAsk } from './support.ts';

const { candles } = coinbase;
const ask = rangeAsk('BTC-USD', '2026-01-01', '2026-01-02', '2026-01-03');

/** As documented: newest first, low before high before open before close. */
const documented = page(
  '[[1767312000,89500.01,91000.5,90010.5,90544.1,1234.5],[1767225600,89000,90500,89900.1,90010.5,1100.25]]',
);

describe('the documented answer', () => {
  it('is read by the names of its columns, not by the usual order', () => {
    expect(candles.rowsOfCell([documented], ask, cellOf('BTC-USD', '2026-01-02'))).toEqual([
      { open: 90_010.5, high: 91_000.5, low: 89_500.01, close: 90_544.1, volume: 1234.5 },
    ]);
    expect(candles.rowsOfCell([documented], ask, cellOf('BTC-USD', '2026-01-01'))).toEqual([
      { open: 89_900.1, high: 90_500, low: 89_000, close: 90_010.5, volume: 1100.25 },
    ]);
  });

  it('may hold rows from before the start, which belong to no cell', () => {
    const later = rangeAsk('BTC-USD', '2026-01-02', '2026-01-02', '2026-01-03');
    expect(candles.readPage(documented, later)).toEqual({ rowCount: 1 });
  });

  it('is planned at 300 days a request', () => {
    expect(candles.coverage).toMatchObject({ maxRangeDays: 300, rangeEndsToday: false });
    expect(candles.coverage.groupOf('BTC-USD')).toBeNull();
  });

  it.each([
    ['stamps in milliseconds', [[1_767_225_600_000, 1, 1, 1, 1, 1]]],
    ['five columns', [[1_767_225_600, 1, 1, 1, 1]]],
    ['prices in words', [[1_767_225_600, '1', 'x', 1, 1, 1]]],
    ['a message in a 200', { message: 'NotFound' }],
  ])('with %s is WrongShape', async (_, body) => {
    expect(await codeOf(() => candles.readPage(page(body), ask))).toBe('WrongShape');
  });
});

describe('a refusal', () => {
  it.each([
    [404, '{"message":"NotFound"}', 'SymbolUnknown'],
    [404, '<html>not found</html>', 'RequestRefused'],
    [
      400,
      '{"message":"granularity too small for the requested time range. Count of aggregations requested exceeds 300"}',
      'RequestRefused',
    ],
    [403, '{"message":"Public rate limit exceeded"}', 'RateLimited'],
    [403, '', 'RequestRefused'],
    [400, '{"message":5}', 'RequestRefused'],
  ])('%i %s is %s', (status, body, code) => {
    expect(coinbaseRefusalOf(status, body).code).toBe(code);
  });

  it('of too many days says how many one answer holds', () => {
    const { advice } = coinbaseRefusalOf(400, '{"message":"granularity too small for the range"}');
    expect(advice).toContain('300 candles');
  });
});

describe('the currency of a pair', () => {
  it.each([
    ['BTC-USD', 'USD'],
    ['BTC-USDT', 'USDT'],
    ['BTCUSD', undefined],
  ])('of %s is %s', (symbol, currency) => {
    expect(candles.currencyOf?.(symbol)).toBe(currency);
  });
});
