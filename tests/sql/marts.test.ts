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

const prices = `select price_date, close, price_status, days_since_observed, is_open
  from marts.fct_daily_prices where ticker = 'AAPL' order by price_date`;
const returns = `select price_date, round(simple_return, 6) as r, round(log_return, 6) as l, previous_date, days_between, missed_open_days
  from marts.fct_daily_returns where ticker = 'AAPL' order by price_date`;

describe('fct_daily_prices', () => {
  const days = weekdays('AAPL', '2024-02-15', '2024-02-23', ['2024-02-19']);

  test('carries the last close over a weekend and a holiday, and says so', async () => {
    lake.closes(assets.AAPL, '2024-02-15', [100, 110, null, null, null, 121]);
    expect(await built(prices, { assets: [assets.AAPL], days })).toEqual([
      ['2024-02-15', 100, 'OBSERVED', 0, true],
      ['2024-02-16', 110, 'OBSERVED', 0, true],
      ['2024-02-17', 110, 'IMPUTED', 1, false],
      ['2024-02-18', 110, 'IMPUTED', 2, false],
      ['2024-02-19', 110, 'IMPUTED', 3, false],
      ['2024-02-20', 121, 'OBSERVED', 0, true],
    ]);
  });

  test('an open day without an observation is imputed and stays an open day', async () => {
    lake.closes(assets.AAPL, '2024-02-20', [100, null, 90]);
    expect(await built(prices, { assets: [assets.AAPL], days })).toEqual([
      ['2024-02-20', 100, 'OBSERVED', 0, true],
      ['2024-02-21', 100, 'IMPUTED', 1, true],
      ['2024-02-22', 90, 'OBSERVED', 0, true],
    ]);
  });

  test('starts for each asset on its own first day and ends for all on the last day of the data', async () => {
    lake.closes(assets.BTC, '2024-02-20', [1, 2, 3, 4]).closes(assets.AAPL, '2024-02-21', [10, 11]);
    const sql = `select ticker, min(price_date) as first, max(price_date) as last, count(*) as n
      from marts.fct_daily_prices group by ticker order by ticker`;
    expect(await built(sql, { assets: [assets.AAPL, assets.BTC], days })).toEqual([
      ['AAPL', '2024-02-21', '2024-02-23', '3'],
      ['BTC', '2024-02-20', '2024-02-23', '4'],
    ]);
  });

  test('open, high, low and volume are of the day itself and never carried', async () => {
    const measures = { open: 9, high: 12, low: 8, volume: 5000 };
    lake
      .add({ asset: assets.AAPL, date: '2024-02-16', close: 10, measures })
      .closes(assets.BTC, '2024-02-17', [1]);
    const sql = `select price_date, open, high, low, close, volume from marts.fct_daily_prices where ticker = 'AAPL' order by 1`;
    expect(await built(sql, { assets: [assets.AAPL, assets.BTC], days })).toEqual([
      ['2024-02-16', 9, 12, 8, 10, 5000],
      ['2024-02-17', null, null, null, 10, null],
    ]);
  });

  test('an imputed row leads to the batch and the instants of the close that was carried', async () => {
    lake
      .add({ asset: assets.AAPL, date: '2024-02-16', close: 10, batch: 'b-16' })
      .add({ asset: assets.AAPL, date: '2024-02-20', close: 11, batch: 'b-20' });
    const sql = `select price_date, batch_id, observed_date, observed_at, published_at from marts.fct_daily_prices order by 1`;
    const friday = ['b-16', '2024-02-16', '2024-02-16 23:00:00+00', '2024-02-16 23:31:00+00'];
    expect(await built(sql, { assets: [assets.AAPL], days })).toEqual([
      ['2024-02-16', ...friday],
      ['2024-02-17', ...friday],
      ['2024-02-18', ...friday],
      ['2024-02-19', ...friday],
      ['2024-02-20', 'b-20', '2024-02-20', '2024-02-20 23:00:00+00', '2024-02-20 23:31:00+00'],
    ]);
  });

  test('a restated close replaces the first one and leads to the new batch', async () => {
    const cell = { asset: assets.AAPL, date: '2024-02-16' };
    lake.add(
      { ...cell, close: 10, batch: 'b-1', number: 1 },
      { ...cell, close: 12, batch: 'b-2', number: 2 },
    );
    const sql = 'select close, batch_id from marts.fct_daily_prices';
    expect(await built(sql, { assets: [assets.AAPL], days })).toEqual([[12, 'b-2']]);
  });

  test('takes an asset only from the dataset it is configured with; the other stays in staging', async () => {
    const fromFile = { ...assets.AAPL, dataset: 'csv.daily_closes' };
    lake
      .add(
        { asset: assets.AAPL, date: '2024-02-16', close: 10 },
        { asset: fromFile, date: '2024-02-16', close: 77 },
      )
      .closes(assets.BTC, '2024-02-16', [5]);
    const sql = `select 'price', ticker, close from marts.fct_daily_prices
      union all select 'staged', ticker, close from staging.stg_csv__daily_closes
      union all select 'staged', ticker, close from staging.stg_coingecko__market_chart order by all`;
    expect(await built(sql, { assets: [assets.AAPL], days })).toEqual([
      ['price', 'AAPL', 10],
      ['staged', 'AAPL', 77],
      ['staged', 'BTC', 5],
    ]);
  });
});

describe('close_usd of fct_daily_prices', () => {
  const closes = (ticker: string): string =>
    `select price_date, currency, close, close_usd, price_status from marts.fct_daily_prices where ticker = '${ticker}' order by 1`;

  test('is the close by the rate of the day it was observed, and is carried with it', async () => {
    lake
      .closes(SAP, '2024-02-16', [80, null, null, 100])
      .closes(EURUSD, '2024-02-16', [1.25, null, 1.5, 1.5]);
    const days = everyDay('SAP', '2024-02-16', '2024-02-19');
    expect(await built(closes('SAP'), { assets: [SAP, EURUSD], days })).toEqual([
      ['2024-02-16', 'EUR', 80, 100, 'OBSERVED'],
      ['2024-02-17', 'EUR', 80, 100, 'IMPUTED'],
      ['2024-02-18', 'EUR', 80, 100, 'IMPUTED'],
      ['2024-02-19', 'EUR', 100, 150, 'OBSERVED'],
    ]);
  });

  test('is the close itself in dollars, and null for an index and where no rate is known', async () => {
    for (const asset of [assets.BTC, assets.VIX, SAP]) lake.closes(asset, '2024-02-16', [80]);
    const days = everyDay('SAP', '2024-02-16', '2024-02-16');
    const sql = 'select ticker, close, close_usd from marts.fct_daily_prices order by ticker';
    expect(await built(sql, { assets: [assets.BTC, assets.VIX, SAP], days })).toEqual([
      ['BTC', 80, 80],
      ['SAP', 80, null],
      ['^VIX', 80, null],
    ]);
  });

  test('fct_daily_returns stay in the currency as traded, whatever the rate does', async () => {
    lake.closes(SAP, '2024-02-15', [80, 88]).closes(EURUSD, '2024-02-15', [1, 2]);
    const sql = `select price_date, currency, close, round(simple_return, 6) as r
      from marts.fct_daily_returns where ticker = 'SAP' order by 1`;
    const days = everyDay('SAP', '2024-02-15', '2024-02-16');
    expect(await built(sql, { assets: [SAP, EURUSD], days })).toEqual([
      ['2024-02-15', 'EUR', 80, null],
      ['2024-02-16', 'EUR', 88, 0.1],
    ]);
  });
});

describe('fct_rolling_metrics', () => {
  test('has a row for each observed day, none for imputed ones, and leads to the batch of its day', async () => {
    lake
      .closes(assets.AAPL, '2024-02-13', [4, 4, 4, 4, null, null, null, 8, 4, 2, 4])
      .add({ asset: assets.AAPL, date: '2024-02-22', close: 2, batch: 'b-2', number: 2 });
    const days = weekdays('AAPL', '2024-02-13', '2024-02-23', ['2024-02-19']);
    const sql = `select price_date, unit, currency, batch_id, close_mean_7d, close_min_7d, close_max_7d, drawdown_7d,
        return_mean_7d, close_mean_14d
      from marts.fct_rolling_metrics order by price_date`;
    const rows = await built(sql, { assets: [assets.AAPL], days });
    const none = [null, null, null, null, null, null];
    expect(rows).toEqual([
      ...['13', '14', '15', '16', '20', '21'].map((day) => [
        `2024-02-${day}`,
        'USD',
        'USD',
        'batch-AAPL',
        ...none,
      ]),
      ['2024-02-22', 'USD', 'USD', 'b-2', 30 / 7, 2, 8, -0.75, null, null],
      // Returns: 0, 0, 0, +100 %, -50 %, -50 %, +100 %.
      ['2024-02-23', 'USD', 'USD', 'batch-AAPL', 30 / 7, 2, 8, -0.5, 1 / 7, null],
    ]);
  });
});

describe('fct_daily_returns', () => {
  test('goes from Friday to Tuesday over a weekend and a holiday, and no session was missed', async () => {
    lake.closes(assets.AAPL, '2024-02-15', [100, 110, null, null, null, 121]);
    const days = weekdays('AAPL', '2024-02-15', '2024-02-20', ['2024-02-19']);
    expect(await built(returns, { assets: [assets.AAPL], days })).toEqual([
      ['2024-02-15', null, null, null, null, null],
      ['2024-02-16', 0.1, 0.09531, '2024-02-15', 1, 0],
      ['2024-02-20', 0.1, 0.09531, '2024-02-16', 4, 0],
    ]);
  });

  test('says how many sessions lie without an observation between its two closes', async () => {
    lake.closes(assets.AAPL, '2024-02-14', [100, null, null, null, null, null, 50]);
    const days = weekdays('AAPL', '2024-02-14', '2024-02-20', ['2024-02-19']);
    expect(await built(returns, { assets: [assets.AAPL], days })).toEqual([
      ['2024-02-14', null, null, null, null, null],
      ['2024-02-20', -0.5, -0.693147, '2024-02-14', 6, 2],
    ]);
  });

  test('crosses the leap day and the turn of a year like any other day', async () => {
    lake.closes(assets.AAPL, '2023-12-31', [100, 200]).closes(assets.AAPL, '2024-02-28', [200, 100, 200]);
    const days = everyDay('AAPL', '2023-12-31', '2024-03-01');
    expect(await built(returns, { assets: [assets.AAPL], days })).toEqual([
      ['2023-12-31', null, null, null, null, null],
      ['2024-01-01', 1, 0.693147, '2023-12-31', 1, 0],
      ['2024-02-28', 0, 0, '2024-01-01', 58, 57],
      ['2024-02-29', -0.5, -0.693147, '2024-02-28', 1, 0],
      ['2024-03-01', 1, 0.693147, '2024-02-29', 1, 0],
    ]);
  });
});

describe('dim_assets', () => {
  const sql = `select ticker, observed_days, open_days, missing_open_days, round(coverage, 4) as coverage, first_date, last_date
    from marts.dim_assets order by ticker`;

  test('counts open days from the first observed day to the last day of the data', async () => {
    lake
      .closes(assets.AAPL, '2024-02-15', [1, 1, null, null, null, null, 1])
      .closes(assets.BTC, '2024-02-20', [1, 1, 1]);
    const days = [
      ...weekdays('AAPL', '2024-02-01', '2024-02-29', ['2024-02-19']),
      ...everyDay('BTC', '2024-02-01', '2024-02-29'),
    ];
    // AAPL is open on 15, 16, 20, 21, 22 and was observed on 15, 16, 21.
    expect(await built(sql, { assets: [assets.AAPL, assets.BTC, assets.VIX], days })).toEqual([
      ['AAPL', '3', '5', '2', 0.6, '2024-02-15', '2024-02-21'],
      ['BTC', '3', '3', '0', 1, '2024-02-20', '2024-02-22'],
      ['^VIX', '0', '0', '0', null, null, null],
    ]);
  });

  test('a day whose price is not final yet is not counted as missing', async () => {
    lake
      .closes(assets.AAPL, '2024-02-15', [1])
      .add({ asset: assets.AAPL, date: '2024-02-16', event: 'waiting' })
      .closes(assets.BTC, '2024-02-16', [1]);
    const days = weekdays('AAPL', '2024-02-15', '2024-02-16');
    expect(await built(sql, { assets: [assets.AAPL], days })).toEqual([
      ['AAPL', '1', '1', '0', 1, '2024-02-15', '2024-02-15'],
    ]);
  });

  test('a day that its source closed is neither open nor missing', async () => {
    lake
      .closes(assets.AAPL, '2024-02-14', [1, null, 1])
      .add({ asset: assets.AAPL, date: '2024-02-15', event: 'closed' });
    const days = weekdays('AAPL', '2024-02-14', '2024-02-16');
    expect(await built(sql, { assets: [assets.AAPL], days })).toEqual([
      ['AAPL', '2', '2', '0', 1, '2024-02-14', '2024-02-16'],
    ]);
  });
});
