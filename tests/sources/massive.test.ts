import { afterEach, describe, expect, it } from 'vitest';
import { massiveSource } from '../../sources/massive.ts';
import { massiveRefusalOf } from '../../sources/massive-refusal.ts';
import type { Ask, RawPage } from '../../sources/source.ts';
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

const bars = resourceOf(massiveSource(), 'daily_bars');
const ask = rangeAsk('SMPL', '2026-01-01', '2026-12-31');
const grouped: Ask = { kind: 'grouped', group: 'stocks', date: '2026-01-02' };

interface BarParts {
  readonly t: unknown;
  readonly [part: string]: unknown;
}
const bar = (parts: BarParts): unknown => ({
  v: 7.1e7,
  vw: 100.12,
  o: 99.5,
  c: 100.5,
  h: 101,
  l: 99,
  n: 51_234,
  ...parts,
});
const answer = (results: unknown, more: object = {}): RawPage =>
  page({ ticker: 'SMPL', status: 'OK', results, ...more });
const rowsOn = (date: string, body: RawPage, of: Ask = ask, symbol = 'SMPL'): unknown[] =>
  bars.rowsOfCell([body], of, cellOf(symbol, date));

describe('a request', () => {
  it('for a range asks for bars as traded, in order, as many as a page holds', () => {
    expect(bars.firstPage(ask).target).toBe(
      '/v2/aggs/ticker/SMPL/range/1/day/2026-01-01/2026-12-31?adjusted=false&sort=asc&limit=50000',
    );
  });

  it('keeps case, dots and colons of a symbol, and escapes what would change the path', () => {
    const target = (symbol: string): string =>
      bars.firstPage(rangeAsk(symbol, '2026-01-02', '2026-01-02')).target;
    expect(target('C:EURUSD')).toContain('/ticker/C:EURUSD/range/');
    expect(target('BRK.B')).toContain('/ticker/BRK.B/range/');
    expect(target('SMPw')).toContain('/ticker/SMPw/range/');
    expect(target('A/B?x')).toContain('/ticker/A%2FB%3Fx/range/');
  });

  it('for a whole market names the market and the day', () => {
    expect(bars.firstPage(grouped).target).toBe(
      '/v2/aggs/grouped/locale/us/market/stocks/2026-01-02?adjusted=false',
    );
    expect(bars.firstPage({ ...grouped, group: 'fx' }).target).toBe(
      '/v2/aggs/grouped/locale/global/market/fx/2026-01-02?adjusted=false',
    );
  });

  it.each<[string, Ask]>([
    ['an unknown market', { kind: 'grouped', group: 'moon', date: '2026-01-02' }],
    ['a malformed day', { kind: 'grouped', group: 'stocks', date: '2026/01/02' }],
    ['a range that runs backwards', rangeAsk('SMPL', '2026-01-03', '2026-01-02')],
    ['a symbol that climbs', rangeAsk('..', '2026-01-02', '2026-01-02')],
  ])('for %s cannot be made', async (_, wrong) => {
    expect(await codeOf(() => bars.firstPage(wrong))).toBe('RequestRefused');
  });

  it('for one day of many symbols may be grouped by market', () => {
    const groups = ['AAPL', 'SMPw', 'BRK.B', 'C:EURUSD', 'X:BTCUSD', 'I:SPX'].map((symbol) =>
      bars.coverage.groupOf(symbol),
    );
    expect(groups).toEqual(['stocks', 'stocks', 'stocks', 'fx', null, null]);
  });
});

describe('the day of a bar', () => {
  it.each([
    ['winter', '2026-01-02T05:00:00Z', '2026-01-02'],
    ['summer', '2026-07-02T04:00:00Z', '2026-07-02'],
    ['the Friday before clocks go forward', '2026-03-06T05:00:00Z', '2026-03-06'],
    ['the Monday after', '2026-03-09T04:00:00Z', '2026-03-09'],
    ['the Sunday on which they go forward', '2026-03-08T05:00:00Z', '2026-03-08'],
    ['the Friday before clocks go back', '2026-10-30T04:00:00Z', '2026-10-30'],
    ['the Monday after', '2026-11-02T05:00:00Z', '2026-11-02'],
  ])('of a stock begins at midnight in New York: %s', (_, start, date) => {
    const body = answer([bar({ t: Date.parse(start) })]);
    expect(rowsOn(date, body)).toHaveLength(1);
    expect(bars.readPage(body, ask)).toEqual({ rowCount: 1 });
  });

  it.each([
    '2026-07-02T05:00:00Z',
    '2026-01-02T04:00:00Z',
    '2026-01-02T00:00:00Z',
    '2026-01-02T21:00:00Z',
    '2026-01-02T05:00:00.001Z',
  ])('of a stock stamped %s would be a guess, so it is WrongShape', async (start) => {
    const error = await refusalOf(() => bars.readPage(answer([bar({ t: Date.parse(start) })]), ask));
    expect(error.code).toBe('WrongShape');
    expect(error.message).toContain('does not start at midnight in New York');
  });

  it.each(['2026-07-02T00:00:00Z', '2026-07-02T04:00:00Z'])(
    'of a currency may begin in UTC or New York: %s',
    (start) => {
      const fx = rangeAsk('C:EURUSD', '2026-07-01', '2026-07-03');
      const body = answer([bar({ t: Date.parse(start) })], { ticker: 'C:EURUSD' });
      expect(rowsOn('2026-07-02', body, fx, 'C:EURUSD')).toHaveLength(1);
    },
  );

  it('of a currency at another hour is WrongShape', async () => {
    const fx = rangeAsk('C:EURUSD', '2026-07-01', '2026-07-03');
    const body = answer([bar({ t: Date.parse('2026-07-02T05:00:00Z') })], { ticker: 'C:EURUSD' });
    expect(await codeOf(() => bars.readPage(body, fx))).toBe('WrongShape');
  });
});

const winter = Date.parse('2026-01-02T05:00:00Z');

describe('a range', () => {
  it('gives a bar all its columns', () => {
    expect(rowsOn('2026-01-02', answer([bar({ t: winter })]))).toEqual([
      { open: 99.5, high: 101, low: 99, close: 100.5, volume: 7.1e7, vwap: 100.12, trade_count: 51_234 },
    ]);
  });

  it('gives null where vw and n are missing', () => {
    const [row] = rowsOn(
      '2026-01-02',
      page(`{"status":"OK","results":[{"v":1.5,"o":1,"c":1,"h":1,"l":1,"t":${winter}}]}`),
    );
    expect(row).toMatchObject({ volume: 1.5, vwap: null, trade_count: null });
  });

  it('keeps what the audit must see: zero, negative, null, NaN, crossed, infinite', () => {
    const text = JSON.stringify({
      status: 'OK',
      results: [bar({ t: winter, o: 0, h: -1, l: null, c: 'NaN', v: 'huge' })],
    });
    expect(rowsOn('2026-01-02', page(text.replace('"huge"', '1e999')))).toMatchObject([
      { open: 0, high: -1, low: null, close: NaN, volume: Infinity },
    ]);
  });

  it('hands a second bar for a day on', () => {
    expect(rowsOn('2026-01-02', answer([bar({ t: winter }), bar({ t: winter, c: 7 })]))).toHaveLength(2);
  });

  it('that was clipped has no row for the days left out', () => {
    const body = answer([bar({ t: winter })]);
    expect([rowsOn('2026-01-01', body), rowsOn('2026-01-02', body).length]).toEqual([[], 1]);
  });

  it.each([
    ['absent results', {}],
    ['null', { results: null }],
    ['an empty list', { results: [] }],
  ])('without bars (%s) is an empty answer', (_, more) => {
    const body = page({ ticker: 'SMPL', status: 'OK', request_id: 7, resultsCount: 0, ...more });
    expect(bars.readPage(body, ask)).toEqual({ rowCount: 0 });
  });

  it('that is DELAYED is a success', () => {
    expect(bars.readPage(answer([bar({ t: winter })], { status: 'DELAYED', request_id: 12 }), ask)).toEqual({
      rowCount: 1,
    });
  });

  it('is read anew where the same bytes answer another ask', async () => {
    const body = answer([bar({ t: winter })]);
    expect(bars.readPage(body, ask)).toEqual({ rowCount: 1 });
    expect(await codeOf(() => bars.readPage(body, rangeAsk('OTHER', '2026-01-01', '2026-12-31')))).toBe(
      'WrongShape',
    );
  });

  it('says nothing about another symbol', () => {
    expect(rowsOn('2026-01-02', answer([bar({ t: winter })]), ask, 'OTHER')).toEqual([]);
  });

  it.each([
    ['HTML', '<html>'],
    ['an answer about another ticker', { ticker: 'SMPl', status: 'OK', results: [] }],
    ['an unknown status', { status: 'MAYBE', results: [] }],
    ['a bar without a stamp', { status: 'OK', results: [{ o: 1, h: 1, l: 1, c: 1, v: 1 }] }],
    ['a bar without a close', { status: 'OK', results: [{ o: 1, h: 1, l: 1, v: 1, t: winter }] }],
    ['a price in words', { status: 'OK', results: [bar({ t: winter, c: 'ten' })] }],
    ['a stamp in words', { status: 'OK', results: [bar({ t: '2026-01-02' })] }],
    ['no results, though some are counted', { status: 'OK', resultsCount: 2 }],
    ['no results and no count', { status: 'OK' }],
    ['results that are no list', { status: 'OK', results: {} }],
  ])('of another shape (%s) is WrongShape', async (_, body) => {
    expect(await codeOf(() => bars.readPage(page(body), ask))).toBe('WrongShape');
  });

  it.each([
    [{ status: 'NOT_AUTHORIZED', message: 'Your plan doesn’t include this data timeframe.' }, 'RangeRefused'],
    [{ status: 'ERROR', error: 'Unknown API Key' }, 'KeyRefused'],
    [{ status: 'ERROR', error: "You've exceeded the maximum requests per minute" }, 'RateLimited'],
  ])('with status 200 that refuses all the same (%j) is %s', async (body, code) => {
    expect(await codeOf(() => bars.readPage(page(body), ask))).toBe(code);
  });
});

describe('a grouped day', () => {
  const close = Date.parse('2026-01-02T21:00:00Z');
  const body = page({
    status: 'OK',
    results: [
      bar({ T: 'SMPL', t: close }),
      bar({ T: 'SMPw', t: close, c: 1 }),
      bar({ T: '__proto__', t: close }),
    ],
  });

  it('takes its date from the request, since its stamps are the END of the day', () => {
    expect(rowsOn('2026-01-02', body, grouped)).toHaveLength(1);
    expect(rowsOn('2026-01-03', body, grouped)).toEqual([]);
    expect(bars.readPage(body, grouped)).toEqual({ rowCount: 3 });
  });

  it('tells tickers apart by case, and knows none that is not there', () => {
    expect(rowsOn('2026-01-02', body, grouped, 'SMPw')).toMatchObject([{ close: 1 }]);
    expect(rowsOn('2026-01-02', body, grouped, 'smpl')).toEqual([]);
    expect(rowsOn('2026-01-02', body, grouped, 'constructor')).toEqual([]);
  });

  it('without tickers is WrongShape', async () => {
    expect(await codeOf(() => bars.readPage(answer([bar({ t: close })]), grouped))).toBe('WrongShape');
  });
});

describe('a next page', () => {
  const next = (nextUrl: unknown): unknown => bars.readPage(answer([], { next_url: nextUrl }), ask).next;
  const path = '/v2/aggs/ticker/SMPL/range/1/day/1767416400000/2026-01-31?cursor=b3BhcXVl';

  it.each([
    ['as documented', `https://api.massive.com${path}`],
    ['from a foreign host', `https://evil.test${path}`],
    ['with a port named twice', `https://api.polygon.io:443:443${path}`],
    ['with a user', `https://user:pw@api.massive.com${path}`],
    ['with a key', `https://api.massive.com${path}&apiKey=secret`],
    ['below a prefix of its own', `http://127.0.0.1:80/massive${path}`],
    ['relative', path],
  ])('%s becomes path and query below the configured base URL', (_, nextUrl) => {
    expect(next(nextUrl)).toEqual({ target: path });
  });

  it.each([
    'https://api.massive.com/v3/reference/tickers?cursor=x',
    'https://api.massive.com/v2/aggs/../../v3/x?cursor=x',
    'https://api.massive.com/v2/aggs/%2e%2e/%2e%2e/v3?cursor=x',
    'https://api.massive.com/?next=/v2/aggs/x',
    'https://api.massive.com#/v2/aggs/x',
    'javascript:alert(1)',
    'v2/aggs/x',
  ])('%s leads to another API, so the page is WrongShape', async (nextUrl) => {
    expect(await codeOf(() => next(nextUrl))).toBe('WrongShape');
  });

  it.each([undefined, null])('is none where next_url is %s', (nextUrl) => {
    expect(next(nextUrl)).toBeUndefined();
  });
});

describe('a refusal', () => {
  const envelope = (status: string, text: string): string =>
    JSON.stringify({ status, request_id: 5, error: text, message: text });
  it.each([
    [401, envelope('ERROR', 'Unknown API Key'), 'KeyRefused'],
    [401, '', 'KeyRefused'],
    [400, envelope('ERROR', 'API Key was not provided'), 'KeyRefused'],
    [403, envelope('NOT_AUTHORIZED', 'Attempted to request today’s data before end of day.'), 'RangeRefused'],
    [403, envelope('NOT_AUTHORIZED', 'whatever they say next year'), 'RangeRefused'],
    [403, envelope('NOT_AUTHORIZED', 'Your API key is not entitled to this.'), 'RangeRefused'],
    [403, envelope('NOT_AUTHORIZED', 'Unknown API Key'), 'KeyRefused'],
    [403, '<html>', 'RequestRefused'],
    [404, envelope('NOT_FOUND', 'Ticker not found.'), 'SymbolUnknown'],
    [404, '404 page not found', 'RequestRefused'],
    [400, envelope('ERROR', 'Could not parse the time parameter'), 'RequestRefused'],
  ])('%i %s is %s', (status, body, code) => {
    expect(massiveRefusalOf(status, body).code).toBe(code);
  });
});

describe('on the wire', () => {
  let api: TestApi | undefined;
  afterEach(() => api?.close());

  it('every page carries the key, and goes to the configured origin under its own path', async () => {
    api = await startApi((request, response) => {
      const isFirst = !request.url?.includes('cursor');
      const nextUrl = 'https://evil.test/v2/aggs/ticker/SMPL/range/1/day/1/2?cursor=c2Vjb25k';
      response.end(JSON.stringify({ status: 'OK', results: [], ...(isFirst ? { next_url: nextUrl } : {}) }));
    });
    const access = accessTo(`${api.url}/massive`, { apiKey: 'the-key' });
    const first = bars.readPage(await bars.send(bars.firstPage(ask), access), ask);
    const second = bars.readPage(await bars.send(first.next ?? { target: '' }, access), ask);
    expect(second.next).toBeUndefined();
    expect(api.requests.map(({ url }) => url?.split('?')[0])).toEqual([
      '/massive/v2/aggs/ticker/SMPL/range/1/day/2026-01-01/2026-12-31',
      '/massive/v2/aggs/ticker/SMPL/range/1/day/1/2',
    ]);
    expect(api.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer the-key',
      'Bearer the-key',
    ]);
  });
});
