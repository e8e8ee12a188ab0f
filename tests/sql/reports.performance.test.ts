import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { assets, TinyLake } from '../warehouse/tiny-lake.ts';
import { build, rowsOf } from './reports-support.ts';

const { AAPL, BTC, VIX } = assets;
const MSFT = { ...AAPL, ticker: 'MSFT', symbol: 'MSFT' };

let lake: TinyLake;

beforeEach(async () => {
  lake = await TinyLake.make();
});

afterEach(async () => {
  await lake.remove();
});

const spans = (...periods: string[]): string =>
  `select ticker, period, period_start, start_date, start_close, end_date, end_close, round(return_pct, 6)
   from marts.rpt_performance_summary where period in (${periods.map((period) => `'${period}'`).join(', ')}) order by all`;

const against = (period: string): string =>
  `select ticker, class, unit, round(return_pct, 6), round(btc_return_pct, 6), round(vs_btc_pct, 6), beats_btc
   from marts.rpt_performance_summary where period = '${period}' order by ticker`;

const standing = `select period, others, beaten_by_btc, round(btc_return_pct, 6), btc_rank
  from marts.rpt_btc_standing order by period`;

describe('rpt_performance_summary: a period goes from close to close', () => {
  test('over a weekend each asset has its own dates: the data end on a Sunday, and stocks on the Friday before', async () => {
    // 2024-02-11 and 2024-02-18 are Sundays; Tuesday's close of AAPL is missing.
    lake
      .closes(BTC, '2024-02-10', [1, 100, 101, 102, 103, 104, 105, 106, 110])
      .closes(AAPL, '2024-02-09', [40, null, null, 50, null, 52, 53, 60]);
    await build(lake, [AAPL, BTC]);
    expect(await rowsOf(lake, spans('7D'))).toEqual([
      ['AAPL', '7D', '2024-02-11', '2024-02-12', 50, '2024-02-16', 60, 20],
      ['BTC', '7D', '2024-02-11', '2024-02-11', 100, '2024-02-18', 110, 10],
    ]);
    expect(await rowsOf(lake, against('7D'))).toEqual([
      ['AAPL', 'stock', 'USD', 20, 10, 10, true],
      ['BTC', 'crypto', 'USD', 10, 10, 0, null],
    ]);
  });

  test('a start on a holiday or on a missing day moves to the next observed close', async () => {
    // 2024-02-19 was Presidents’ Day; the close of the 20th is missing.
    lake.closes(AAPL, '2024-02-16', [80, null, null, null, null, 100]).closes(AAPL, '2024-02-26', [90]);
    await build(lake, [AAPL]);
    expect(await rowsOf(lake, spans('7D', '1M'))).toEqual([
      ['AAPL', '1M', '2024-01-27', '2024-02-16', 80, '2024-02-26', 90, 12.5],
      ['AAPL', '7D', '2024-02-19', '2024-02-21', 100, '2024-02-26', 90, -10],
    ]);
  });

  test('periods count days, also across a leap day', async () => {
    // A close on the day before each start stays out, one on the start itself counts.
    lake
      .closes(BTC, '2023-03-01', [7777, 16])
      .closes(BTC, '2023-08-31', [7777, 8])
      .closes(BTC, '2023-11-30', [7777, 4])
      .closes(BTC, '2024-01-30', [7777, 2])
      .closes(BTC, '2024-02-22', [7777, 1]);
    lake.closes(BTC, '2024-03-01', [64]);
    await build(lake, [BTC]);
    expect(await rowsOf(lake, spans('7D', '1M', '3M', '6M', '1Y'))).toEqual([
      ['BTC', '1M', '2024-01-31', '2024-01-31', 2, '2024-03-01', 64, 3100],
      ['BTC', '1Y', '2023-03-02', '2023-03-02', 16, '2024-03-01', 64, 300],
      ['BTC', '3M', '2023-12-01', '2023-12-01', 4, '2024-03-01', 64, 1500],
      ['BTC', '6M', '2023-09-01', '2023-09-01', 8, '2024-03-01', 64, 700],
      ['BTC', '7D', '2024-02-23', '2024-02-23', 1, '2024-03-01', 64, 6300],
    ]);
  });

  test('the year to date begins on 1 January, for a stock with its first session', async () => {
    lake
      .closes(BTC, '2023-12-31', [50, 100, 120, 125])
      .closes(AAPL, '2023-12-29', [10])
      .closes(AAPL, '2024-01-02', [20, 21]);
    await build(lake, [AAPL, BTC]);
    expect(await rowsOf(lake, spans('YTD'))).toEqual([
      ['AAPL', 'YTD', '2024-01-01', '2024-01-02', 20, '2024-01-03', 21, 5],
      ['BTC', 'YTD', '2024-01-01', '2024-01-01', 100, '2024-01-03', 125, 25],
    ]);
  });

  test('on 1 January the year to date has one close and no return, and a stock has no such row', async () => {
    lake.closes(BTC, '2023-12-30', [40, 50, 100]).closes(AAPL, '2023-12-28', [10, 11]);
    await build(lake, [AAPL, BTC]);
    expect(await rowsOf(lake, spans('YTD', '7D'))).toEqual([
      ['AAPL', '7D', '2023-12-25', '2023-12-28', 10, '2023-12-29', 11, 10],
      ['BTC', '7D', '2023-12-25', '2023-12-30', 40, '2024-01-01', 100, 150],
      ['BTC', 'YTD', '2024-01-01', '2024-01-01', 100, '2024-01-01', 100, null],
    ]);
  });

  test('an asset that starts late starts with its first close; one that ended before a period has no row', async () => {
    lake
      .closes(BTC, '2024-02-01', [100])
      .closes(BTC, '2024-03-01', [200])
      .closes(AAPL, '2024-02-28', [10, 11])
      .closes(MSFT, '2024-02-01', [10, 5]);
    await build(lake, [AAPL, BTC, MSFT]);
    expect(await rowsOf(lake, spans('7D', '1Y'))).toEqual([
      ['AAPL', '1Y', '2023-03-02', '2024-02-28', 10, '2024-02-29', 11, 10],
      ['AAPL', '7D', '2024-02-23', '2024-02-28', 10, '2024-02-29', 11, 10],
      ['BTC', '1Y', '2023-03-02', '2024-02-01', 100, '2024-03-01', 200, 100],
      ['BTC', '7D', '2024-02-23', '2024-03-01', 200, '2024-03-01', 200, null],
      ['MSFT', '1Y', '2023-03-02', '2024-02-01', 10, '2024-02-02', 5, -50],
    ]);
  });

  test('a return never mixes units: closes that could only be given in another than the newest are left out', async () => {
    const SAP = { ...AAPL, ticker: 'SAP', symbol: 'SAP', currency: 'EUR' };
    const EURUSD = { ...AAPL, ticker: 'EURUSD', symbol: 'C:EURUSD', class: 'fx' };
    lake.closes(SAP, '2024-02-27', [100, 100, 150]).closes(EURUSD, '2024-02-28', [1, 2]);
    await build(lake, [EURUSD, SAP]);
    expect(await rowsOf(lake, spans('7D'))).toEqual([
      ['EURUSD', '7D', '2024-02-22', '2024-02-28', 1, '2024-02-29', 2, 100],
      ['SAP', '7D', '2024-02-22', '2024-02-28', 100, '2024-02-29', 300, 200],
    ]);
  });
});

describe('rpt_performance_summary and rpt_btc_standing: against Bitcoin', () => {
  test('counts whom Bitcoin beat, and lets equals share a place', async () => {
    lake
      .closes(BTC, '2024-02-28', [100, 110])
      .closes(AAPL, '2024-02-28', [100, 110])
      .closes(MSFT, '2024-02-28', [100, 120])
      .closes(VIX, '2024-02-28', [20, 10]);
    await build(lake, [AAPL, BTC, MSFT, VIX]);
    expect(await rowsOf(lake, against('7D'))).toEqual([
      ['AAPL', 'stock', 'USD', 10, 10, 0, false],
      ['BTC', 'crypto', 'USD', 10, 10, 0, null],
      ['MSFT', 'stock', 'USD', 20, 10, 10, true],
      ['^VIX', 'index', 'points', -50, 10, -60, false],
    ]);
    const place = [3, 1, 10, 2];
    expect(await rowsOf(lake, standing)).toEqual(
      ['1M', '1Y', '3M', '6M', '7D', 'YTD'].map((period) => [period, ...place]),
    );
  });

  test('others without a return are not counted, and a period in which Bitcoin has none has no standing', async () => {
    lake
      .closes(BTC, '2023-12-31', [100, 150])
      .closes(AAPL, '2023-12-29', [10, null, null, null, null])
      .closes(MSFT, '2023-12-28', [10, 20]);
    await build(lake, [AAPL, BTC, MSFT]);
    expect(await rowsOf(lake, standing)).toEqual(
      ['1M', '1Y', '3M', '6M', '7D'].map((period) => [period, 1, 0, 50, 2]),
    );
  });

  test('without Bitcoin there are returns, and nothing is said against it', async () => {
    lake.closes(AAPL, '2024-02-28', [100, 110]);
    await build(lake, [AAPL, BTC]);
    expect(await rowsOf(lake, against('7D'))).toEqual([['AAPL', 'stock', 'USD', 10, null, null, null]]);
    expect(await rowsOf(lake, standing)).toEqual([]);
  });

  test('Bitcoin alone is first of one', async () => {
    lake.closes(BTC, '2024-02-28', [100, 110]);
    await build(lake, [BTC]);
    expect((await rowsOf(lake, standing))[0]).toEqual(['1M', 0, 0, 10, 1]);
  });

  test('with one day of data there is no return and no standing', async () => {
    lake.closes(BTC, '2024-02-29', [100]).closes(AAPL, '2024-02-29', [10]);
    await build(lake, [AAPL, BTC]);
    expect(await rowsOf(lake, against('1Y'))).toEqual([
      ['AAPL', 'stock', 'USD', null, null, null, null],
      ['BTC', 'crypto', 'USD', null, null, null, null],
    ]);
    expect(await rowsOf(lake, standing)).toEqual([]);
  });
});

test('with nothing in bronze every report is there and empty', async () => {
  await build(lake, [AAPL, BTC]);
  for (const report of [
    'rpt_performance_summary',
    'rpt_btc_standing',
    'rpt_volatility_comparison',
    'rpt_correlation',
    'rpt_investment_simulation',
  ]) {
    expect(await rowsOf(lake, `select * from marts.${report}`)).toEqual([]);
  }
});
