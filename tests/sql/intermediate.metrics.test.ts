import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WarehouseInputs } from '../../warehouse/build.ts';
import { assets, everyDay, TinyLake, weekdays } from '../warehouse/tiny-lake.ts';
import { EURUSD, SAP } from './euro-assets.ts';

let lake: TinyLake;

beforeEach(async () => {
  lake = await TinyLake.make();
});

afterEach(async () => {
  await lake.remove();
});

const built = (sql: string, more: Partial<WarehouseInputs>): Promise<unknown[][]> => lake.built(sql, more);

/** One to n, as closes. */
const upTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index + 1);

describe('int_market__rolling_metrics', () => {
  const week = `select price_date, round(close_mean_7d, 6) as mean, close_min_7d, close_max_7d,
      round(return_mean_7d, 6) as r, round(volatility_7d, 6) as v, round(drawdown_7d, 6) as d
    from intermediate.int_market__rolling_metrics order by price_date`;

  test('counts seven observations over weekends and a holiday, and one more for returns', async () => {
    // Returns: +10 %, -10 %, +10 %, -10 %, +10 %, -10 %, then +10 %: mean 1/70, sample deviation 0.4 / sqrt(14).
    const closes = [100, 110, null, null, null, 99, 108.9, 98.01, 107.811, null, null, 97.0299, 106.73289];
    lake.closes(assets.AAPL, '2024-02-15', closes);
    const days = weekdays('AAPL', '2024-02-15', '2024-02-27', ['2024-02-19']);
    const rows = await built(week, { assets: [assets.AAPL], days });
    expect(rows.slice(0, 6).map((row) => row.slice(1))).toEqual(Array(6).fill(Array(6).fill(null)));
    expect(rows.slice(6)).toEqual([
      ['2024-02-26', 102.964414, 97.0299, 110, null, null, -0.11791],
      ['2024-02-27', 103.926256, 97.0299, 110, 0.014286, 0.106904, -0.029701],
    ]);
  });

  test('each window holds as many rows as its name says', async () => {
    const closes = upTo(91);
    lake.closes(assets.BTC, '2023-12-01', closes);
    const days = everyDay('BTC', '2023-12-01', '2024-02-29');
    const sql = `select ${[7, 14, 30, 90]
      .map(
        (n) => `close_mean_${n}d, close_min_${n}d, close_max_${n}d, drawdown_${n}d, volatility_${n}d is null`,
      )
      .join(', ')} from intermediate.int_market__rolling_metrics order by price_date`;
    const rows = await built(sql, { assets: [assets.BTC], days });
    const none = [null, null, null, null, true];
    const mean = (n: number, last: number): unknown[] => [last - (n - 1) / 2, last - n + 1, last, 0];
    expect(rows[12]?.slice(5, 10)).toEqual(none);
    expect(rows[13]?.slice(5, 10)).toEqual([...mean(14, 14), true]);
    expect(rows[14]?.slice(5, 10)).toEqual([...mean(14, 15), false]);
    expect(rows[28]?.slice(10, 15)).toEqual(none);
    expect(rows[29]?.slice(10, 15)).toEqual([...mean(30, 30), true]);
    expect(rows[30]?.slice(10, 15)).toEqual([...mean(30, 31), false]);
    expect(rows[88]?.slice(15)).toEqual(none);
    expect(rows[89]?.slice(15)).toEqual([...mean(90, 90), true]);
    expect(rows[90]).toEqual([7, 14, 30, 90].flatMap((n) => [...mean(n, 91), false]));
  });

  test('the drawdown is against the highest close of the window, not of all time', async () => {
    lake.closes(assets.BTC, '2024-01-01', [1000, 100, 100, 80, 100, 100, 100, 50]);
    const rows = await built(week, {
      assets: [assets.BTC],
      days: everyDay('BTC', '2024-01-01', '2024-01-08'),
    });
    expect(rows.map((row) => [row[3], row[6]]).slice(6)).toEqual([
      [1000, -0.9],
      [100, -0.5],
    ]);
  });

  test('no window reaches over a change of unit', async () => {
    // The one rate is of 1 January: the ninth is the first day that is not in dollars.
    lake.closes(SAP, '2024-01-01', upTo(16)).closes(EURUSD, '2024-01-01', [2]);
    const sql = `select unit, price_date, close_max_7d from intermediate.int_market__rolling_metrics
      where ticker = 'SAP' and close_max_7d is not null order by price_date`;
    const days = everyDay('SAP', '2024-01-01', '2024-01-16');
    expect(await built(sql, { assets: [SAP, EURUSD], days })).toEqual([
      ['USD', '2024-01-07', 14],
      ['USD', '2024-01-08', 16],
      ['EUR', '2024-01-15', 15],
      ['EUR', '2024-01-16', 16],
    ]);
  });
});

describe('int_market__btc_relative', () => {
  const relative = `select ticker, price_date, common_start_date, round(growth, 6) as g, round(btc_growth, 6) as b,
      round(relative_pct, 4) as p
    from intermediate.int_market__btc_relative where ticker not in ('BTC', 'USD') order by ticker, price_date`;

  test('starts where both were observed, and has the days on which both were', async () => {
    // BTC lacks the 20th. AAPL starts on a day that BTC lacks, and lacks the weekend.
    lake
      .closes(assets.BTC, '2024-02-14', [50, null, 100, 110, 120, 150, null, 200])
      .closes(assets.AAPL, '2024-02-15', [10, 10, null, null, null, 20, 15]);
    const days = everyDay('BTC', '2024-02-14', '2024-02-21');
    expect(await built(relative, { assets: [assets.BTC, assets.AAPL], days })).toEqual([
      ['AAPL', '2024-02-16', '2024-02-16', 1, 1, 0],
      ['AAPL', '2024-02-21', '2024-02-16', 1.5, 2, -25],
    ]);
  });

  test('shows what BTC did to a dollar, and BTC against itself as 0', async () => {
    lake.closes(assets.BTC, '2023-12-31', [50, 100, null, 200]);
    const sql = `select ticker, price_date, growth, btc_growth, relative_pct
      from intermediate.int_market__btc_relative order by ticker, price_date`;
    const days = everyDay('BTC', '2023-12-31', '2024-01-03');
    expect(await built(sql, { assets: [assets.BTC], days })).toEqual([
      ['BTC', '2023-12-31', 1, 1, 0],
      ['BTC', '2024-01-01', 2, 2, 0],
      ['BTC', '2024-01-03', 4, 4, 0],
      ['USD', '2023-12-31', 1, 1, 0],
      ['USD', '2024-01-01', 1, 2, -50],
      ['USD', '2024-01-03', 1, 4, -75],
    ]);
  });

  test('compares points as they are, and leaves out what is in another currency', async () => {
    lake
      .closes(assets.BTC, '2024-01-01', [100, 200])
      .closes(assets.VIX, '2024-01-01', [10, 30])
      .closes(SAP, '2024-01-01', [80, 160]);
    const days = everyDay('BTC', '2024-01-01', '2024-01-02');
    expect(await built(relative, { assets: [assets.BTC, assets.VIX, SAP], days })).toEqual([
      ['^VIX', '2024-01-01', '2024-01-01', 1, 1, 0],
      ['^VIX', '2024-01-02', '2024-01-01', 3, 2, 50],
    ]);
  });

  test('has no rows without BTC', async () => {
    lake.closes(assets.AAPL, '2024-02-15', [10, 11]);
    const days = weekdays('AAPL', '2024-02-15', '2024-02-16');
    expect(await built(relative, { assets: [assets.AAPL], days })).toEqual([]);
  });
});
