import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { target } from '../../../calendars/target.ts';
import { frankfurterSource } from '../../../sources/frankfurter.ts';
import { isFixingDay } from '../../../sources/sample/frankfurter-days.ts';
import { createPriceBook } from '../../../sources/sample/price-book.ts';
import { startSampleMarket, type SampleMarket } from '../../../sources/sample/server.ts';
import { datesBetween } from '../../../workflows/pure/cell.ts';
import { accessTo, cellOf, codeOf, rangeAsk, resourceOf } from '../support.ts';
import { ask, statusAndBody } from './support.ts';

const rates = resourceOf(frankfurterSource(), 'daily_rates');
/** A Friday; in Frankfurt it is 15:59. */
const beforeFixing = new Date('2026-11-20T14:59:00Z');
const afterFixing = new Date('2026-11-20T15:00:00Z');
const quotes = z.record(z.string(), z.number());
const daySchema = z.strictObject({ amount: z.literal(1), base: z.string(), date: z.string(), rates: quotes });
const rangeSchema = z.strictObject({
  amount: z.literal(1),
  base: z.string(),
  start_date: z.string(),
  end_date: z.string(),
  rates: z.record(z.string(), quotes),
});

let market: SampleMarket;
beforeAll(async () => {
  market = await startSampleMarket({ now: () => beforeFixing });
});
afterEach(() => {
  market.clearFaults();
  market.setNow(beforeFixing);
});
afterAll(() => market.close());

const urlOf = (path: string): string => `${market.urlOf('frankfurter')}/${path}`;
const dayOf = (path: string): Promise<z.output<typeof daySchema>> => ask(urlOf(path), daySchema);
const rangeOf = (path: string): Promise<z.output<typeof rangeSchema>> => ask(urlOf(path), rangeSchema);

describe('a day', () => {
  it('that is a Saturday is answered with Friday, and says so', async () => {
    const [friday, saturday] = [await dayOf('2026-11-13?symbols=USD'), await dayOf('2026-11-14?symbols=USD')];
    expect(saturday).toEqual(friday);
    expect(saturday.date).toBe('2026-11-13');
  });

  it('has its rates from 16:00 in Frankfurt on, and yesterday’s before', async () => {
    expect((await dayOf('latest')).date).toBe('2026-11-19');
    market.setNow(afterFixing);
    expect((await dayOf('latest')).date).toBe('2026-11-20');
    expect((await dayOf('2026-12-24')).date).toBe('2026-11-20');
  });

  it.each(['EURUSD', 'GBPUSD', 'USDJPY'])(
    'quotes %s near the book and not at it: a fixing is no close',
    async (code) => {
      const book = createPriceBook(1);
      const pair = book.findCode('fx', code);
      expect.assert(pair !== undefined);
      const close = book.levelAt(pair, '2026-11-13');
      const [base, quote] = [code.slice(0, 3), code.slice(3)];
      const rate = (await dayOf(`2026-11-13?base=${base}&symbols=${quote}`)).rates[quote] ?? 0;
      expect(rate).not.toBe(close);
      expect(Math.abs(rate / close - 1)).toBeLessThan(0.0035);
    },
  );

  it('against another base is computed from one fixing, and rounded', async () => {
    const euro = (await dayOf('2026-11-13?symbols=USD,GBP')).rates;
    const pound = await dayOf('2026-11-13?base=GBP&symbols=USD');
    expect(pound.rates['USD']).toBe(Number(((euro['USD'] ?? 0) / (euro['GBP'] ?? 0)).toFixed(4)));
    expect((await dayOf('2026-11-13?base=USD')).rates).toHaveProperty('EUR');
  });
});

describe('a range', () => {
  it('begins with the fixing before a weekend and leaves out what has none', async () => {
    const range = await rangeOf('2026-04-04..2026-04-08?symbols=USD');
    expect([range.start_date, range.end_date]).toEqual(['2026-04-02', '2026-04-08']);
    expect(Object.keys(range.rates)).toEqual(['2026-04-02', '2026-04-07', '2026-04-08']);
  });

  it('ends with the newest fixing, whatever it wants', async () => {
    expect((await rangeOf('2026-11-18..2026-12-31?symbols=USD')).end_date).toBe('2026-11-19');
    expect((await rangeOf('2026-11-18..?symbols=USD')).end_date).toBe('2026-11-19');
  });

  it('is read by the source, a Saturday of it too, as what it is', async () => {
    const wanted = rangeAsk('EURUSD', '2026-11-14', '2026-11-17');
    const answer = await rates.send(rates.firstPage(wanted), accessTo(market.urlOf('frankfurter')));
    const count = (date: string): number => rates.rowsOfCell([answer], wanted, cellOf('EURUSD', date)).length;
    expect(datesBetween('2026-11-13', '2026-11-18').map(count)).toEqual([1, 0, 0, 1, 1, 0]);
  });
});

describe('a request that cannot be answered', () => {
  it.each([
    ['2026-11-13?base=EUR&symbols=XXX', 404, 'not found'],
    ['2026-11-13..2026-11-17?base=XXX', 404, 'not found'],
    ['2027-01-04..2027-01-08', 404, 'not found'],
    ['1999-01-04..1999-01-08', 404, 'not found'],
    ['2026-11-13?base=USD&symbols=USD', 422, 'bad currency pair'],
    ['2026-02-30', 422, 'invalid date'],
    ['2026-11-13..2026-11-31', 422, 'invalid date'],
  ])('%s: %i %s', async (path, status, message) => {
    expect(await statusAndBody(urlOf(path))).toEqual([status, { message }]);
  });

  it.each([
    [{ kind: 'status', status: 429, retryAfterSeconds: 9 }, 'RateLimited'],
    [{ kind: 'status', status: 503 }, 'SourceUnavailable'],
    [{ kind: 'html' }, 'WrongShape'],
    [{ kind: 'wrong-shape' }, 'WrongShape'],
    [{ kind: 'truncated', cut: 'json' }, 'WrongShape'],
    [{ kind: 'truncated', cut: 'connection' }, 'SourceUnavailable'],
    [{ kind: 'results-null' }, 'WrongShape'],
    [{ kind: 'results-empty' }, 'WrongShape'],
  ] as const)('because of %j is %s', async (fault, code) => {
    market.order(fault);
    const wanted = rangeAsk('EURUSD', '2026-11-16', '2026-11-17');
    const asking = async (): Promise<unknown> =>
      rates.readPage(
        await rates.send(rates.firstPage(wanted), accessTo(market.urlOf('frankfurter'))),
        wanted,
      );
    expect(await codeOf(asking)).toBe(code);
  });
});

it('the market and the lake’s calendar, who know TARGET’s days each by themselves, agree', () => {
  const days = datesBetween('2015-01-01', '2031-12-31');
  expect(days.filter(isFixingDay)).toEqual(days.filter((day) => target.day(day).isOpen));
});
