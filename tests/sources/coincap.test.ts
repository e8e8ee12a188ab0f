import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { coincapRefusalOf } from '../../sources/coincap-refusal.ts';
import { coincapSource } from '../../sources/coincap.ts';
import type { RawPage } from '../../sources/source.ts';
import {
  accessTo,
  cellOf,
  codeOf,
  page,
  rangeAsk,
  refusalOf,
  resourceOf,
  sharedFolder,
  startApi,
  type TestApi,
} from './support.ts';

const history = resourceOf(coincapSource(), 'history');
const ask = rangeAsk('bitcoin', '2026-11-17', '2026-11-19', '2026-11-20');
const rowsOn = (body: RawPage, date: string): unknown =>
  history.rowsOfCell([body], ask, cellOf('bitcoin', date));
const day = (date: string, priceUsd: unknown, at = 'T00:00:00.000Z'): unknown => ({
  priceUsd,
  time: Date.parse(`${date}${at}`),
  date: `${date}${at}`,
});
const answerOf = (...data: unknown[]): RawPage => page({ data, timestamp: 1_795_000_000_000 });

describe('a request', () => {
  it('reaches from the first instant of its first day to the last of its last', () => {
    expect(history.firstPage(ask).target).toBe(
      '/assets/bitcoin/history?interval=d1&start=1794873600000&end=1795132799999',
    );
    expect(new Date(1_795_132_799_999).toISOString()).toBe('2026-11-19T23:59:59.999Z');
  });

  it('asks for no more days than the API has been seen to give', () => {
    expect(history.coverage).toMatchObject({ maxRangeDays: 1000, rangeEndsToday: false });
    expect(history.coverage.groupOf('bitcoin')).toBeNull();
  });

  it('keeps a symbol in its place', () => {
    const { target } = history.firstPage(rangeAsk('../a?x=1', '2026-11-17', '2026-11-17', '2026-11-20'));
    expect(target).toMatch(/^\/assets\/\.\.%2Fa%3Fx%3D1\/history\?interval=d1&/);
  });

  it.each([
    ['today', rangeAsk('bitcoin', '2026-11-20', '2026-11-20', '2026-11-20')],
    ['days in the wrong order', rangeAsk('bitcoin', '2026-11-18', '2026-11-17', '2026-11-20')],
    ['a day that does not exist', rangeAsk('bitcoin', '2026-02-30', '2026-11-19', '2026-11-20')],
    ['no symbol', rangeAsk('', '2026-11-17', '2026-11-19', '2026-11-20')],
    ['a grouped day', { kind: 'grouped', group: 'crypto', date: '2026-11-19' } as const],
  ])('for %s cannot be made', async (_, wrong) => {
    expect(await codeOf(() => history.firstPage(wrong))).toBe('RequestRefused');
  });
});

describe('an answer', () => {
  it('gives a row to the day that begins at its stamp, as the double nearest to its twenty digits', () => {
    const answer = answerOf(day('2026-11-17', '90010.5123456789012345'), day('2026-11-18', '0.0000001500'));
    expect(rowsOn(answer, '2026-11-17')).toEqual([{ close: 90010.512345678901 }]);
    expect(rowsOn(answer, '2026-11-18')).toEqual([{ close: 1.5e-7 }]);
    expect(rowsOn(answer, '2026-11-16')).toEqual([]);
  });

  it('leaves out the running day, whatever its stamp, and days nobody asked for', () => {
    const answer = answerOf(
      day('2026-11-16', '1'),
      day('2026-11-19', '2'),
      day('2026-11-20', '3'),
      day('2026-11-20', '4', 'T10:31:07.512Z'),
    );
    expect(history.readPage(answer, ask)).toEqual({ rowCount: 1 });
    expect([rowsOn(answer, '2026-11-16'), rowsOn(answer, '2026-11-20')]).toEqual([[], []]);
    const toToday = rangeAsk('bitcoin', '2026-11-17', '2026-11-20', '2026-11-20');
    expect(history.readPage(answer, toToday)).toEqual({ rowCount: 1 });
  });

  it('leaves a null price to the audit, and hands a day that comes twice on twice', () => {
    const answer = answerOf(day('2026-11-18', null), day('2026-11-19', '1'), day('2026-11-19', '2'));
    expect(rowsOn(answer, '2026-11-18')).toEqual([{ close: null }]);
    expect(rowsOn(answer, '2026-11-19')).toHaveLength(2);
  });

  it('without any day has no row, and says nothing about another coin', () => {
    expect(history.readPage(answerOf(), ask)).toEqual({ rowCount: 0 });
    const answer = answerOf(day('2026-11-18', '1'));
    expect(history.rowsOfCell([answer], ask, cellOf('ethereum', '2026-11-18'))).toEqual([]);
  });

  it('of the API that was switched off is refused, in its own words', async () => {
    const message = 'We are deprecating this version of the CoinCap API';
    const error = await refusalOf(() =>
      history.readPage(page({ data: { message }, timestamp: 1_743_500_000_000 }), ask),
    );
    expect(error.code).toBe('WrongShape');
    expect(error.message).toContain('data is not as documented (expected an array)');
    expect(error.message).toContain(message);
  });

  it.each([
    ['by the hour', answerOf(day('2026-11-18', '1'), day('2026-11-18', '2', 'T01:00:00.000Z'))],
    ['an empty text for a price', answerOf(day('2026-11-18', ''))],
    ['a blank before a price', answerOf(day('2026-11-18', ' 1'))],
    ['a price in another base', answerOf(day('2026-11-18', '0x1F'))],
    ['a price with a comma', answerOf(day('2026-11-18', '90,010.5'))],
    ['no price', answerOf({ time: 0 })],
    ['a stamp in words', answerOf({ priceUsd: '1', time: '2026-11-18' })],
    ['an error with status 200', page({ error: 'no such coin', timestamp: 1 })],
    ['HTML', page('<html>upgrade</html>')],
    ['half an answer', page('{"data":[{"priceUsd":"90010.51')],
  ])('of another shape (%s) is WrongShape', async (_, answer) => {
    expect(await codeOf(() => history.readPage(answer, ask))).toBe('WrongShape');
  });
});

describe('a refusal', () => {
  it.each([
    [401, '', 'KeyRefused'],
    [403, '{"error":"invalid"}', 'KeyRefused'],
    [402, '', 'RangeRefused'],
    [404, '{"error":"nosuchcoin not found"}', 'SymbolUnknown'],
    [404, '<html>not found</html>', 'RequestRefused'],
    [400, '{"error":"bad interval"}', 'RequestRefused'],
  ])('%i %s is %s', (status, body, code) => {
    expect(coincapRefusalOf(status, body).code).toBe(code);
  });
});

describe('on the wire', () => {
  let api: TestApi | undefined;
  afterEach(() => api?.close());

  it('the key travels as a bearer, and in no address', async () => {
    api = await startApi((_, response) => response.end('{}'));
    await history.send(history.firstPage(ask), accessTo(api.url, { apiKey: 'free-key' }));
    await history.send(history.firstPage(ask), accessTo(api.url));
    expect(api.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer free-key', undefined]);
    expect(api.requests.every(({ url }) => !/key/i.test(url ?? ''))).toBe(true);
  });

  it('a limit in plain text is a limit, with and without a word on how long', async () => {
    let count = 0;
    api = await startApi((_, response) => {
      count += 1;
      response.writeHead(429, count === 1 ? { 'retry-after': '7' } : {}).end('Too many requests');
    });
    const { url } = api;
    const first = await refusalOf(() => history.send(history.firstPage(ask), accessTo(url)));
    const second = await refusalOf(() => history.send(history.firstPage(ask), accessTo(url)));
    expect([first.code, first.facts.retryAfterMs]).toEqual(['RateLimited', 7000]);
    expect([second.code, second.facts.retryAfterMs]).toEqual(['RateLimited', undefined]);
  });
});

const isShared = existsSync(sharedFolder);
describe.skipIf(!isShared)(`recorded answers${isShared ? '' : ' (skipped: ../shared is absent)'}`, () => {
  it('of the list of coins are no history', async () => {
    const body = page(readFileSync(join(sharedFolder, 'recorded/coincap/coincap_v2_assets.json'), 'utf8'));
    expect(await codeOf(() => history.readPage(body, ask))).toBe('WrongShape');
  });
});
