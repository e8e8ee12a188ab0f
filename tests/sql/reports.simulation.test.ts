import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { assets, TinyLake } from '../warehouse/tiny-lake.ts';
import { build, rowsOf } from './reports-support.ts';

const { AAPL, BTC } = assets;

let lake: TinyLake;

beforeEach(async () => {
  lake = await TinyLake.make();
});

afterEach(async () => {
  await lake.remove();
});

const days = (ticker: string, strategy: string): string =>
  `select price_date, invested, units, value, round(return_pct, 6) from marts.rpt_investment_simulation
   where ticker = '${ticker}' and strategy = '${strategy}' order by price_date`;

const lastDays = `select ticker, strategy, invested, units, value, round(return_pct, 6), period_start
  from marts.rpt_investment_simulation
  where price_date = (select max(price_date) from marts.fct_daily_prices) order by ticker, strategy`;

/** The days on which money was put in, with the sum of all so far. */
const purchases = (ticker: string, strategy: string): string =>
  `select min(price_date), invested from marts.rpt_investment_simulation
   where ticker = '${ticker}' and strategy = '${strategy}' group by invested order by 1`;

describe('rpt_investment_simulation', () => {
  test('buys at once on the first close, and monthly on the 28th or the next observed day', async () => {
    // 2024-01-28 was a Sunday.
    lake.closes(AAPL, '2024-01-26', [10, null, null, 20]).closes(AAPL, '2024-02-28', [40, 50]);
    await build(lake, [AAPL]);
    expect((await rowsOf(lake, days('AAPL', 'LUMP_SUM'))).slice(0, 5)).toEqual([
      ['2024-01-26', 1200, 120, 1200, 0],
      ['2024-01-27', 1200, 120, 1200, 0],
      ['2024-01-28', 1200, 120, 1200, 0],
      ['2024-01-29', 1200, 120, 2400, 100],
      ['2024-01-30', 1200, 120, 2400, 100],
    ]);
    const monthly = await rowsOf(lake, days('AAPL', 'MONTHLY'));
    expect([monthly[0], ...monthly.slice(-3)]).toEqual([
      ['2024-01-29', 100, 5, 100, 0],
      ['2024-02-27', 100, 5, 100, 0],
      ['2024-02-28', 200, 7.5, 300, 50],
      ['2024-02-29', 200, 7.5, 375, 87.5],
    ]);
    expect(monthly).toHaveLength(32);
  });

  test('the year begins 365 days before the last day of the data, and its own first day is no 28th of it', async () => {
    // The nine 28ths from March to November wait for one close; those of December, January and February for the last.
    lake.closes(BTC, '2023-02-27', [5, 10]).closes(BTC, '2023-12-01', [20]).closes(BTC, '2024-02-28', [30]);
    await build(lake, [BTC]);
    expect(await rowsOf(lake, purchases('BTC', 'LUMP_SUM'))).toEqual([['2023-02-28', 1200]]);
    expect(await rowsOf(lake, purchases('BTC', 'MONTHLY'))).toEqual([
      ['2023-12-01', 900],
      ['2024-02-28', 1200],
    ]);
    expect(await rowsOf(lake, lastDays)).toEqual([
      ['BTC', 'LUMP_SUM', 1200, 120, 3600, 200, '2023-02-28'],
      ['BTC', 'MONTHLY', 1200, 55, 1650, 37.5, '2023-02-28'],
    ]);
  });

  test('a 28th before the first close of an asset buys nothing, nor does one after its last', async () => {
    lake
      .closes(BTC, '2024-02-29', [1])
      .closes(AAPL, '2023-12-29', [100, null, null, null, 100])
      .closes(AAPL, '2024-01-29', [50])
      .closes(AAPL, '2024-02-27', [25]);
    await build(lake, [AAPL, BTC]);
    expect(await rowsOf(lake, purchases('AAPL', 'MONTHLY'))).toEqual([['2024-01-29', 100]]);
    // Its last close is carried to the last day of the data; Bitcoin was bought on its only day.
    expect(await rowsOf(lake, lastDays)).toEqual([
      ['AAPL', 'LUMP_SUM', 1200, 12, 300, -75, '2023-03-01'],
      ['AAPL', 'MONTHLY', 100, 2, 50, -50, '2023-03-01'],
      ['BTC', 'LUMP_SUM', 1200, 1200, 1200, 0, '2023-03-01'],
    ]);
  });

  test('an asset whose last close is older than the year is not bought', async () => {
    lake.closes(AAPL, '2022-12-28', [1, 2]).closes(BTC, '2024-02-27', [1, 2]);
    await build(lake, [AAPL, BTC]);
    expect(await rowsOf(lake, lastDays)).toEqual([
      ['BTC', 'LUMP_SUM', 1200, 1200, 2400, 100, '2023-02-28'],
      ['BTC', 'MONTHLY', 100, 50, 100, 0, '2023-02-28'],
    ]);
  });

  test('money and closes are in dollars where there is a rate', async () => {
    const SAP = { ...AAPL, ticker: 'SAP', symbol: 'SAP', currency: 'EUR' };
    const EURUSD = { ...AAPL, ticker: 'EURUSD', symbol: 'C:EURUSD', class: 'fx' };
    lake.closes(SAP, '2024-02-27', [100, 100, 150]).closes(EURUSD, '2024-02-28', [1.5, 2]);
    await build(lake, [EURUSD, SAP]);
    // Of 2024-02-27 there is no rate: the first close in dollars is the next day's.
    expect(await rowsOf(lake, `${days('SAP', 'LUMP_SUM')}`)).toEqual([
      ['2024-02-28', 1200, 8, 1200, 0],
      ['2024-02-29', 1200, 8, 2400, 100],
    ]);
    const sql = `select distinct unit from marts.rpt_investment_simulation where ticker = 'SAP'`;
    expect(await rowsOf(lake, sql)).toEqual([['USD']]);
  });
});
