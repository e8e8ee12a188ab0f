import { afterEach, describe, expect, it } from 'vitest';
import { frankfurterRefusalOf } from '../../sources/frankfurter-refusal.ts';
import { frankfurterSource } from '../../sources/frankfurter.ts';
import type { RawPage } from '../../sources/source.ts';
import {
  accessTo,
  cellOf,
  codeOf,
  page,
  rangeAsk,
  refusalOf,
  resourceOf,
  startApi,
  type TestApi,
} from './support.ts';

const rates = resourceOf(frankfurterSource(), 'daily_rates');
/** From a Saturday to a Tuesday. */
const ask = rangeAsk('EURUSD', '2026-11-14', '2026-11-17', '2026-11-18');
/** As the API answers it: from the Friday before on. */
const said = {
  amount: 1.0,
  base: 'EUR',
  start_date: '2026-11-13',
  end_date: '2026-11-17',
  rates: { '2026-11-13': { USD: 1.1616 }, '2026-11-16': { USD: 1.16 }, '2026-11-17': { USD: 1.15835 } },
};
const rowsOn = (body: RawPage, date: string): unknown =>
  rates.rowsOfCell([body], ask, cellOf('EURUSD', date));

describe('a request', () => {
  it('names the pair as base and quote, and is a range even for one day', () => {
    expect(rates.firstPage(ask).target).toBe('/2026-11-14..2026-11-17?base=EUR&symbols=USD');
    expect(rates.firstPage(rangeAsk('GBPUSD', '2026-11-16', '2026-11-16')).target).toBe(
      '/2026-11-16..2026-11-16?base=GBP&symbols=USD',
    );
  });

  it.each(['EUR', 'EUREUR', 'eurusd', 'C:EURUSD', 'EURUSD&x', ''])(
    'for the pair "%s" cannot be made',
    async (symbol) => {
      expect(await codeOf(() => rates.firstPage(rangeAsk(symbol, '2026-11-16', '2026-11-17')))).toBe(
        'SymbolUnknown',
      );
    },
  );

  it.each([
    ['no date', rangeAsk('EURUSD', '2026-02-30', '2026-11-17')],
    ['a way out', rangeAsk('EURUSD', '2026-11-16', '../latest')],
    ['a whole market', { kind: 'grouped', group: 'fx', date: '2026-11-16' } as const],
  ])('for %s cannot be made', async (_, wrong) => {
    expect(await codeOf(() => rates.firstPage(wrong))).toBe('RequestRefused');
  });
});

describe('an answer', () => {
  it('that begins on Friday, where Saturday was asked for, gives Friday’s rate to Friday and nothing to the weekend', () => {
    expect(rowsOn(page(said), '2026-11-13')).toEqual([{ close: 1.1616 }]);
    expect([rowsOn(page(said), '2026-11-14'), rowsOn(page(said), '2026-11-15')]).toEqual([[], []]);
    expect(rates.readPage(page(said), ask)).toEqual({ rowCount: 3 });
  });

  it('keeps each figure to the last digit', () => {
    expect([rowsOn(page(said), '2026-11-16'), rowsOn(page(said), '2026-11-17')]).toEqual([
      [{ close: 1.16 }],
      [{ close: 1.15835 }],
    ]);
  });

  it('keeps null for the audit; a day that leaves the currency out has no row', () => {
    const holes = { ...said, rates: { ...said.rates, '2026-11-16': { USD: null }, '2026-11-17': {} } };
    expect([rowsOn(page(holes), '2026-11-16'), rowsOn(page(holes), '2026-11-17')]).toEqual([
      [{ close: null }],
      [],
    ]);
  });

  it('says nothing about another pair', () => {
    expect(rates.rowsOfCell([page(said)], ask, cellOf('EURGBP', '2026-11-16'))).toEqual([]);
  });

  it.each([
    ['HTML', '<html><title>Sorry</title></html>'],
    ['a single day', { amount: 1, base: 'EUR', date: '2026-11-13', rates: { USD: 1.1616 } }],
    ['the other version', [{ date: '2026-11-16', base: 'EUR', quote: 'USD', rate: 1.16 }]],
    ['another base', { ...said, base: 'USD' }],
    ['another amount', { ...said, amount: 100 }],
    ['a lost first day', { ...said, start_date: '2026-11-12' }],
    ['a lost last day', { ...said, end_date: '2026-11-18' }],
    ['no rates', { ...said, rates: {} }],
    ['a list of rates', { ...said, rates: [1.16] }],
    ['a rate in words', { ...said, rates: { ...said.rates, '2026-11-16': { USD: '1.16' } } }],
    ['a rate without a currency', { ...said, rates: { ...said.rates, '2026-11-16': 1.16 } }],
    [
      'a day that does not exist',
      { ...said, rates: { ...said.rates, '2026-11-31': { USD: 1 } }, end_date: '2026-11-31' },
    ],
    ['a day in words', { ...said, rates: { ...said.rates, '2026-11-16x': { USD: 1 } } }],
  ])('of another shape (%s) is WrongShape', async (_, body) => {
    const error = await refusalOf(() => rates.readPage(page(body), ask));
    expect(error.code).toBe('WrongShape');
    expect(error.facts.body).toBeDefined();
  });
});

describe('a refusal', () => {
  it.each([
    [404, '{"message":"not found"}', 'SymbolUnknown'],
    [404, '<html>not found</html>', 'RequestRefused'],
    [422, '{"message":"bad currency pair"}', 'SymbolUnknown'],
    [422, '{"message":"invalid date"}', 'RequestRefused'],
    [403, 'error code: 1010', 'RequestRefused'],
  ])('%i %s is %s', (status, body, code) => {
    expect(frankfurterRefusalOf(status, body).code).toBe(code);
  });
});

describe('on the wire', () => {
  let api: TestApi | undefined;
  afterEach(() => api?.close());

  it('a range is asked for below the base URL, with no key even where one is set', async () => {
    api = await startApi((_, response) => response.end(JSON.stringify(said)));
    const answer = await rates.send(
      rates.firstPage(ask),
      accessTo(`${api.url}/v1`, { apiKey: 'a-key-too-many' }),
    );
    expect(rowsOn(answer, '2026-11-16')).toEqual([{ close: 1.16 }]);
    expect(api.requests[0]?.url).toBe('/v1/2026-11-14..2026-11-17?base=EUR&symbols=USD');
    expect(JSON.stringify(api.requests[0]?.headers)).not.toContain('a-key-too-many');
  });

  it('a limit is RateLimited, for as long as it says', async () => {
    api = await startApi((_, response) =>
      response.writeHead(429, { 'retry-after': '7' }).end('Too many requests'),
    );
    const error = await refusalOf(() => rates.send(rates.firstPage(ask), accessTo(api?.url ?? '')));
    expect([error.code, error.facts.retryAfterMs]).toEqual(['RateLimited', 7000]);
  });
});
