import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { coincapSource } from '../../../sources/coincap.ts';
import { createPriceBook } from '../../../sources/sample/price-book.ts';
import { startSampleMarket, type SampleMarket } from '../../../sources/sample/server.ts';
import { accessTo, cellOf, rangeAsk, refusalOf, resourceOf } from '../support.ts';
import { ask, noon, statusAndBody } from './support.ts';

const history = resourceOf(coincapSource(), 'history');
const lastWeek = rangeAsk('bitcoin', '2026-11-13', '2026-11-19', '2026-11-20');
const text = z.string().regex(/^-?\d+\.\d{16,20}$/);
const row = z.strictObject({ priceUsd: text, time: z.number(), date: z.iso.datetime() });
const answerSchema = z.strictObject({ data: z.array(row), timestamp: z.number() });
const assetSchema = z.object({ id: z.string(), rank: z.string().nullable(), supply: text.nullable() });

let market: SampleMarket;
beforeAll(async () => {
  market = await startSampleMarket({ now: () => noon, coins: 92, keys: { coincap: 'sample-key' } });
});
afterEach(() => market.clearFaults());
afterAll(() => market.close());

const access = () => accessTo(market.urlOf('coincap'), { apiKey: 'sample-key' });
const urlOf = (path: string): string =>
  `${market.urlOf('coincap')}${path}${path.includes('?') ? '&' : '?'}apiKey=sample-key`;

describe('a history', () => {
  it('tells every day of a range as a text, near the middle of that day’s bar', async () => {
    const page = await history.send(history.firstPage(lastWeek), access());
    expect(history.readPage(page, lastWeek)).toEqual({ rowCount: 7 });
    const book = createPriceBook(1);
    const bitcoin = book.find('crypto', 'bitcoin');
    const bar = bitcoin && book.barOf(bitcoin, '2026-11-17');
    const [found] = history.rowsOfCell([page], lastWeek, cellOf('bitcoin', '2026-11-17'));
    const middle = bar ? (bar.open + bar.high + bar.low + bar.close) / 4 : Number.NaN;
    expect(Math.abs(Number(found?.['close']) / middle - 1)).toBeLessThan(0.0005);
    expect(Number(found?.['close'])).not.toBe(middle);
  });

  it('goes on to the running day where it is asked so far, and has no day twice', async () => {
    const start = Date.parse('2026-11-18T00:00:00Z');
    const end = Date.parse('2026-11-21T00:00:00Z');
    const { data } = await ask(
      urlOf(`/assets/xrp/history?interval=d1&start=${start}&end=${end}`),
      answerSchema,
    );
    expect(data.map(({ date }) => date)).toEqual([
      '2026-11-18T00:00:00.000Z',
      '2026-11-19T00:00:00.000Z',
      '2026-11-20T00:00:00.000Z',
    ]);
  });

  it.each([
    ['/assets/ripple/history?interval=d1', 404],
    ['/assets/bitcoin/history', 400],
    ['/assets/bitcoin/history?interval=d1&start=1', 400],
    ['/markets', 404],
    ['/assets?limit=2001', 400],
  ])('%s is refused with %i', async (path, status) => {
    const [found, body] = await statusAndBody(urlOf(path));
    expect(found).toBe(status);
    expect(body).toHaveProperty('error');
  });
});

describe('the list', () => {
  it('goes by pages of an offset, in texts, with nobody twice and a rank that may be null', async () => {
    const pageOf = async (offset: number): Promise<z.output<typeof assetSchema>[]> =>
      (await ask(urlOf(`/assets?limit=50&offset=${offset}`), z.object({ data: z.array(assetSchema) }))).data;
    const coins = [...(await pageOf(0)), ...(await pageOf(50)), ...(await pageOf(100))];
    expect(new Set(coins.map(({ id }) => id)).size).toBe(92);
    expect(coins.slice(0, 3).map(({ rank }) => rank)).toEqual(['1', '2', '3']);
    expect(coins.at(-1)).toMatchObject({ rank: null, supply: null });
  });
});

it('a month of usual requests, each a year of a coin or the list, stays within the free credits', async () => {
  const creditsOf = async (path: string): Promise<number> => {
    const { byteLength } = await (await fetch(urlOf(path))).arrayBuffer();
    return 1 + Math.ceil(byteLength / 2500);
  };
  const year = rangeAsk('bitcoin', '2025-11-20', '2026-11-19', '2026-11-20');
  const { usual } = coincapSource();
  const requests = usual.isLocal ? null : usual.plan.requestsPerMonth;
  const credits = [await creditsOf(history.firstPage(year).target), await creditsOf('/assets?limit=92')];
  expect(Math.min(...credits)).toBeGreaterThan(10);
  expect(Math.max(...credits) * (requests ?? Infinity)).toBeLessThanOrEqual(4000);
});

describe('what goes wrong', () => {
  it('without a key, or with another, is the key', async () => {
    const request = history.firstPage(lastWeek);
    const without = await refusalOf(() => history.send(request, accessTo(market.urlOf('coincap'))));
    const other = await refusalOf(() => history.send(request, { ...access(), apiKey: 'other' }));
    expect([without.facts.status, without.code]).toEqual([401, 'KeyRefused']);
    expect([other.facts.status, other.code]).toEqual([403, 'KeyRefused']);
  });

  it('in the manner of version 2 is an object with a message, and status 200', async () => {
    market.order({ kind: 'wrong-shape', match: { source: 'coincap' } });
    const page = await history.send(history.firstPage(lastWeek), access());
    const error = await refusalOf(() => history.readPage(page, lastWeek));
    expect([error.code, error.message.includes('deprecating this version')]).toEqual(['WrongShape', true]);
  });

  it('in a day of a coin shows in the price of that day', async () => {
    const change = { op: 'set', field: 'close', value: null } as const;
    market.order({ kind: 'patch-bar', symbol: 'bitcoin', date: '2026-11-18', change });
    const page = await history.send(history.firstPage(lastWeek), access());
    const rows = history.rowsOfCell([page], lastWeek, cellOf('bitcoin', '2026-11-18'));
    expect(rows).toEqual([{ close: null }]);
  });
});
