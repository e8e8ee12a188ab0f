import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { assets, TinyLake } from '../warehouse/tiny-lake.ts';
import { build, rowsOf } from './reports-support.ts';

const { AAPL, BTC, VIX } = assets;

let lake: TinyLake;

beforeEach(async () => {
  lake = await TinyLake.make();
});

afterEach(async () => {
  await lake.remove();
});

const measures = (windowDays: number): string =>
  `select ticker, n, round(daily_volatility_pct, 4), round(volatility_252_pct, 4), round(observations_a_year, 4),
     round(volatility_own_pct, 4), round(max_drawdown_pct, 4), round(sharpe, 4), round(sortino, 4)
   from marts.rpt_volatility_comparison where window_days = ${windowDays} order by ticker`;

const spans = `select ticker, window_days, n, first_date, last_date
  from marts.rpt_volatility_comparison order by ticker, window_days`;

describe('rpt_volatility_comparison', () => {
  test('measures returns of +10, -10 and +20 % on three days running', async () => {
    // Mean 1/15; variance (1/900 + 25/900 + 16/900) / 2 = 7/300; downside variance 0.01 / 3; 365.25 returns a year.
    lake.closes(BTC, '2024-02-20', [100, 110, 99, 118.8]);
    await build(lake, [BTC]);
    expect(await rowsOf(lake, measures(30))).toEqual([
      ['BTC', 3, 15.2753, 242.4871, 365.25, 291.9332, -10, 8.3409, 22.0681],
    ]);
  });

  test('a year of an asset that rests at weekends has fewer returns', async () => {
    // Thursday, Friday, Monday and, after a missing day, Wednesday: 3 returns in 6 days; 5 % down from the top.
    lake.closes(AAPL, '2024-02-22', [100, 110, null, null, 104.5, null, 114.95]);
    await build(lake, [AAPL]);
    const deviation = Math.sqrt((0.05 ** 2 + 0.1 ** 2 + 0.05 ** 2) / 2) * 100;
    expect(await rowsOf(lake, measures(30))).toEqual([
      [
        'AAPL',
        3,
        Number(deviation.toFixed(4)),
        Number((deviation * Math.sqrt(252)).toFixed(4)),
        182.625,
        Number((deviation * Math.sqrt(182.625)).toFixed(4)),
        -5,
        Number(((5 / deviation) * Math.sqrt(182.625)).toFixed(4)),
        Number(((5 / (5 / Math.sqrt(3))) * Math.sqrt(182.625)).toFixed(4)),
      ],
    ]);
  });

  test('a window holds the returns of so many days, and the drawdown the closes of the same days', async () => {
    // The data end on 2024-02-28: the window of 30 days begins on 2024-01-30.
    lake.closes(BTC, '2024-01-28', [1600, 800, 400, 200]).closes(BTC, '2024-02-27', [100, 200]);
    await build(lake, [BTC]);
    expect(await rowsOf(lake, spans)).toEqual([
      ['BTC', 30, 4, '2024-01-30', '2024-02-28'],
      ['BTC', 90, 5, '2024-01-29', '2024-02-28'],
      ['BTC', 365, 5, '2024-01-29', '2024-02-28'],
    ]);
    const sql = `select window_days, max_drawdown_pct from marts.rpt_volatility_comparison order by window_days`;
    // From 400 to 100, or from 1600 to 100.
    expect(await rowsOf(lake, sql)).toEqual([
      [30, -75],
      [90, -93.75],
      [365, -93.75],
    ]);
  });

  test('an asset without a return in a window has no row there', async () => {
    lake
      .closes(BTC, '2024-03-01', [1])
      .closes(AAPL, '2023-12-29', [1, null, null, null, 2])
      .closes(VIX, '2023-12-01', [1, 2]);
    await build(lake, [AAPL, BTC, VIX]);
    expect(await rowsOf(lake, spans)).toEqual([
      ['AAPL', 90, 1, '2024-01-02', '2024-01-02'],
      ['AAPL', 365, 1, '2024-01-02', '2024-01-02'],
      ['^VIX', 365, 1, '2023-12-02', '2023-12-02'],
    ]);
  });

  test('one return has no deviation; one without a loss no Sortino ratio', async () => {
    lake.closes(AAPL, '2024-02-28', [100, 110]).closes(BTC, '2024-02-27', [100, 110, 143]);
    await build(lake, [AAPL, BTC]);
    const sql = `select ticker, n, daily_volatility_pct is null, sharpe is null, sortino is null, max_drawdown_pct
      from marts.rpt_volatility_comparison where window_days = 30 order by ticker`;
    expect(await rowsOf(lake, sql)).toEqual([
      ['AAPL', 1, true, true, true, 0],
      ['BTC', 2, false, false, true, 0],
    ]);
  });

  test('prices that stand still, or grow evenly but for rounding, have no ratios', async () => {
    lake.closes(AAPL, '2024-02-26', [7, 7, 7, 7]).closes(BTC, '2024-02-26', [100, 110, 121, 133.1]);
    await build(lake, [AAPL, BTC]);
    expect(await rowsOf(lake, measures(30))).toEqual([
      ['AAPL', 3, 0, 0, 365.25, 0, 0, null, null],
      ['BTC', 3, 0, 0, 365.25, 0, 0, null, null],
    ]);
  });
});

const correlations = `select ticker, other_ticker, window_days, n, correlation + 0.0, first_date, last_date
  from marts.rpt_correlation order by ticker, other_ticker, window_days`;

/** Closes that begin with `first` and go up to the double (+) or down to the half (-), sign by sign. */
function steps(first: number, signs: string): number[] {
  const closes = [first];
  for (const sign of signs) closes.push((closes.at(-1) ?? 0) * (sign === '+' ? 2 : 0.5));
  return closes;
}

describe('rpt_correlation', () => {
  test('is 1 of those who move together, -1 of opposites, 0 of those who have nothing to do with one another', async () => {
    lake
      .closes(BTC, '2024-02-09', steps(3, '+-+-'.repeat(5)))
      .closes(AAPL, '2024-02-09', steps(8, '-+-+'.repeat(5)))
      .closes(VIX, '2024-02-09', steps(5, '++--'.repeat(5)));
    await build(lake, [AAPL, BTC, VIX]);
    const dates = ['2024-02-10', '2024-02-29'];
    const windows = (ticker: string, other: string, value: number): unknown[][] =>
      [30, 90, 365].map((window) => [ticker, other, window, 20, value, ...dates]);
    expect(await rowsOf(lake, correlations)).toEqual([
      ...windows('AAPL', 'BTC', -1),
      ...windows('AAPL', '^VIX', 0),
      ...windows('BTC', '^VIX', 0),
    ]);
  });

  test('counts the days on which both have a return, and fewer than 20 make no row', async () => {
    // 21 returns of 22 closes; each close left out takes one of them away.
    const signs = '++--+-'.repeat(3) + '+-+';
    const without = (...places: number[]): (number | null)[] =>
      steps(2, signs).map((close, place) => (places.includes(place) ? null : close));
    lake
      .closes(BTC, '2024-02-01', without())
      .closes(AAPL, '2024-02-01', without(5))
      .closes(VIX, '2024-02-01', without(5, 9));
    await build(lake, [AAPL, BTC, VIX]);
    const sql = `select distinct ticker, other_ticker, n from marts.rpt_correlation order by all`;
    expect(await rowsOf(lake, sql)).toEqual([['AAPL', 'BTC', 20]]);
  });

  test('has no row of a price that stands still', async () => {
    const still = Array.from({ length: 25 }, () => 7);
    lake.closes(AAPL, '2024-02-01', still).closes(BTC, '2024-02-01', steps(1, '+-'.repeat(12)));
    await build(lake, [AAPL, BTC]);
    expect(await rowsOf(lake, correlations)).toEqual([]);
  });
});
