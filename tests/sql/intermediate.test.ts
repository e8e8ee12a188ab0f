import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AssetRow, WarehouseInputs } from '../../warehouse/build.ts';
import { addDays } from '../../workflows/pure/cell.ts';
import { ask, assets, everyDay, TinyLake, weekdays } from '../warehouse/tiny-lake.ts';
import { EURUSD, SAP } from './euro-assets.ts';

let lake: TinyLake;

beforeEach(async () => {
  lake = await TinyLake.make();
});

afterEach(async () => {
  await lake.remove();
});

const built = (sql: string, more: Partial<WarehouseInputs>): Promise<unknown[][]> => lake.built(sql, more);

describe('int_market__unified_prices', () => {
  const sapInDollars = `select price_date, unit, close, native_close, usd_rate, usd_rate_date
    from intermediate.int_market__unified_prices where ticker = 'SAP' order by price_date`;

  test('has crypto, a rate and an index side by side, and the dollar as 1 on every calendar day', async () => {
    lake
      .closes(assets.BTC, '2024-02-16', [50000, null, null, 52000])
      .closes(EURUSD, '2024-02-16', [1.25])
      .closes(assets.VIX, '2024-02-16', [14]);
    const sql = `select ticker, price_date, unit, close, currency, dataset, usd_rate
      from intermediate.int_market__unified_prices order by ticker, price_date`;
    const days = everyDay('BTC', '2024-02-16', '2024-02-19');
    expect(await built(sql, { assets: [assets.BTC, EURUSD, assets.VIX], days })).toEqual([
      ['BTC', '2024-02-16', 'USD', 50000, 'USD', 'coingecko.market_chart', null],
      ['BTC', '2024-02-19', 'USD', 52000, 'USD', 'coingecko.market_chart', null],
      ['EURUSD', '2024-02-16', 'USD', 1.25, 'USD', 'massive.daily_bars', null],
      ['USD', '2024-02-16', 'USD', 1, 'USD', null, null],
      ['USD', '2024-02-17', 'USD', 1, 'USD', null, null],
      ['USD', '2024-02-18', 'USD', 1, 'USD', null, null],
      ['USD', '2024-02-19', 'USD', 1, 'USD', null, null],
      ['^VIX', '2024-02-16', 'points', 14, null, 'csv.daily_closes', null],
    ]);
  });

  test('converts by the last rate of at most seven days, and leaves the rest in its own currency', async () => {
    lake
      .add(...['01-31', '02-01', '02-08', '02-09', '02-12'].map((day) => closeOf(SAP, `2024-${day}`, 80)))
      .add(closeOf(EURUSD, '2024-02-01', 1.25), closeOf(EURUSD, '2024-02-12', 1.5));
    expect(
      await built(sapInDollars, { assets: [SAP, EURUSD], days: everyDay('SAP', '2024-02-01', '2024-02-12') }),
    ).toEqual([
      ['2024-01-31', 'EUR', 80, 80, null, null],
      ['2024-02-01', 'USD', 100, 80, 1.25, '2024-02-01'],
      ['2024-02-08', 'USD', 100, 80, 1.25, '2024-02-01'],
      ['2024-02-09', 'EUR', 80, 80, null, null],
      ['2024-02-12', 'USD', 120, 80, 1.5, '2024-02-12'],
    ]);
  });

  test('converts over the turn of a year and over a leap day by the rate of the day before', async () => {
    lake
      .add(closeOf(SAP, '2024-01-01', 80), closeOf(SAP, '2024-03-01', 80))
      .add(closeOf(EURUSD, '2023-12-31', 1.25), closeOf(EURUSD, '2024-02-29', 1.5));
    expect(
      await built(sapInDollars, { assets: [SAP, EURUSD], days: everyDay('SAP', '2024-01-01', '2024-03-01') }),
    ).toEqual([
      ['2024-01-01', 'USD', 100, 80, 1.25, '2023-12-31'],
      ['2024-03-01', 'USD', 120, 80, 1.5, '2024-02-29'],
    ]);
  });

  test('two assets of one currency share its rate, and a restated rate counts', async () => {
    const BMW = { ...SAP, ticker: 'BMW' };
    const restated = { ...closeOf(EURUSD, '2024-02-01', 1.5), batch: 'b-2', number: 2 };
    lake.add(closeOf(SAP, '2024-02-01', 80), closeOf(BMW, '2024-02-01', 10));
    lake.add(closeOf(EURUSD, '2024-02-01', 1.25), restated);
    const sql = `select ticker, close from intermediate.int_market__unified_prices where currency = 'EUR' order by 1`;
    const days = everyDay('SAP', '2024-02-01', '2024-02-01');
    expect(await built(sql, { assets: [SAP, BMW, EURUSD], days })).toEqual([
      ['BMW', 15],
      ['SAP', 120],
    ]);
  });

  test.each([
    ['nobody observes it', []],
    ['what bears its name is a stock', [{ ...EURUSD, class: 'stock' }]],
    ['what bears its name is not quoted in dollars', [{ ...EURUSD, currency: 'GBP' }]],
  ])('leaves a currency without a rate as it is: %s', async (_, rates: AssetRow[]) => {
    lake.add(closeOf(SAP, '2024-02-01', 80), ...rates.map((rate) => closeOf(rate, '2024-02-01', 1.25)));
    const days = everyDay('SAP', '2024-02-01', '2024-02-01');
    expect(await built(sapInDollars, { assets: [SAP, ...rates], days })).toEqual([
      ['2024-02-01', 'EUR', 80, 80, null, null],
    ]);
  });
});

describe('int_market__daily_returns', () => {
  const returns = `select price_date, unit, close, previous_date, previous_close, round(simple_return, 6) as r,
      round(log_return, 6) as l, days_between
    from intermediate.int_market__daily_returns order by ticker, price_date`;

  test('goes from observation to observation over a weekend, a holiday and a missing day', async () => {
    lake.closes(assets.AAPL, '2024-02-15', [100, 110, null, null, null, 121, null, 60.5]);
    const days = weekdays('AAPL', '2024-02-15', '2024-02-22', ['2024-02-19']);
    expect(await built(returns, { assets: [assets.AAPL], days })).toEqual([
      ['2024-02-15', 'USD', 100, null, null, null, null, null],
      ['2024-02-16', 'USD', 110, '2024-02-15', 100, 0.1, 0.09531, 1],
      ['2024-02-20', 'USD', 121, '2024-02-16', 110, 0.1, 0.09531, 4],
      ['2024-02-22', 'USD', 60.5, '2024-02-20', 121, -0.5, -0.693147, 2],
    ]);
  });

  test('counts what the currency did too, and compares nothing over a change of unit', async () => {
    lake
      .add(closeOf(SAP, '2024-02-01', 80), closeOf(SAP, '2024-02-02', 80), closeOf(SAP, '2024-02-12', 80))
      .add(closeOf(SAP, '2024-02-13', 88))
      .add(closeOf(EURUSD, '2024-02-01', 1.25), closeOf(EURUSD, '2024-02-02', 1.5));
    const days = everyDay('SAP', '2024-02-01', '2024-02-13');
    const rows = await built(returns, { assets: [SAP, EURUSD], days });
    expect(rows.slice(2)).toEqual([
      ['2024-02-01', 'USD', 100, null, null, null, null, null],
      ['2024-02-02', 'USD', 120, '2024-02-01', 100, 0.2, 0.182322, 1],
      ['2024-02-12', 'EUR', 80, null, null, null, null, null],
      ['2024-02-13', 'EUR', 88, '2024-02-12', 80, 0.1, 0.09531, 1],
    ]);
  });

  test('takes a restated close, and crosses the leap day like any other day', async () => {
    lake
      .closes(assets.BTC, '2024-02-28', [100, 150, 300])
      .add({ asset: assets.BTC, date: '2024-02-29', close: 200, batch: 'b-2', number: 2 });
    const days = everyDay('BTC', '2024-02-28', '2024-03-01');
    expect(await built(returns, { assets: [assets.BTC], days })).toEqual([
      ['2024-02-28', 'USD', 100, null, null, null, null, null],
      ['2024-02-29', 'USD', 200, '2024-02-28', 100, 1, 0.693147, 1],
      ['2024-03-01', 'USD', 300, '2024-02-29', 200, 0.5, 0.405465, 1],
    ]);
  });
});

describe('int_market__data_gaps', () => {
  const gaps = `select ticker, first_missing_date, last_missing_date, missing_open_days, severity
    from intermediate.int_market__data_gaps order by ticker, first_missing_date`;

  test('a gap goes on over a weekend and a holiday, and ends with an observation', async () => {
    // 16 and 20 are missing with a closed Monday between them; 22 is missing alone.
    lake.closes(assets.AAPL, '2024-02-15', [1, null, null, null, null, null, 1, null, 1]);
    const days = weekdays('AAPL', '2024-02-01', '2024-02-29', ['2024-02-19']);
    expect(await built(gaps, { assets: [assets.AAPL], days })).toEqual([
      ['AAPL', '2024-02-16', '2024-02-20', '2', 'major'],
      ['AAPL', '2024-02-22', '2024-02-22', '1', 'minor'],
    ]);
  });

  test('four days are major and five critical, over a leap day and to the last day of the data', async () => {
    lake
      .closes(assets.BTC, '2024-02-26', [1, null, null, null, null, 1])
      .closes(assets.VIX, '2024-02-26', [1, null, null, null, null, null, 1]);
    lake.closes(assets.AAPL, '2024-02-27', [1]);
    const days = ['BTC', '^VIX', 'AAPL'].flatMap((ticker) => everyDay(ticker, '2024-02-01', '2024-03-31'));
    expect(await built(gaps, { assets: [assets.BTC, assets.VIX, assets.AAPL], days })).toEqual([
      ['AAPL', '2024-02-28', '2024-03-03', '5', 'critical'],
      ['BTC', '2024-02-27', '2024-03-01', '4', 'major'],
      ['BTC', '2024-03-03', '2024-03-03', '1', 'minor'],
      ['^VIX', '2024-02-27', '2024-03-02', '5', 'critical'],
    ]);
  });

  test('a day that waits for its price or that its source closed is not missing', async () => {
    lake
      .closes(assets.BTC, '2023-12-29', [1, null, null, null, 1, null])
      .add({ asset: assets.BTC, date: '2023-12-30', event: 'failed' })
      .add({ asset: assets.BTC, date: '2023-12-31', event: 'closed' })
      .add({ asset: assets.BTC, date: '2024-01-03', event: 'waiting' })
      .closes(assets.VIX, '2024-01-03', [1]);
    const days = everyDay('BTC', '2023-12-29', '2024-01-03');
    expect(await built(gaps, { assets: [assets.BTC, assets.VIX], days })).toEqual([
      ['BTC', '2023-12-30', '2024-01-01', '2', 'major'],
    ]);
  });

  test('what waits at a source that the asset is not configured with does not excuse it', async () => {
    lake
      .closes(assets.BTC, '2024-01-01', [1, null, 1])
      .add({ asset: { ...assets.BTC, dataset: 'csv.daily_closes' }, date: '2024-01-02', event: 'waiting' });
    const days = everyDay('BTC', '2024-01-01', '2024-01-03');
    expect(await built(gaps, { assets: [assets.BTC], days })).toEqual([
      ['BTC', '2024-01-02', '2024-01-02', '1', 'minor'],
    ]);
  });
});

describe('a lake with next to nothing in it', () => {
  const counts = ['unified_prices', 'daily_returns', 'rolling_metrics', 'btc_relative', 'data_gaps']
    .map((name) => `(select count(*)::integer from intermediate.int_market__${name})`)
    .concat(
      ['fct_daily_prices', 'fct_daily_returns', 'fct_rolling_metrics'].map(
        (name) => `(select count(*)::integer from marts.${name})`,
      ),
    )
    .join(', ');
  const days = everyDay('BTC', '2024-01-01', addDays('2024-01-01', 9));

  test('an empty bronze gives empty tables, not even a dollar', async () => {
    expect(await built(`select ${counts}`, { assets: [assets.BTC], days })).toEqual([
      [0, 0, 0, 0, 0, 0, 0, 0],
    ]);
  });

  test('one asset with one day has a price, and nothing to compare it with', async () => {
    lake.closes(assets.BTC, '2024-01-05', [7]);
    expect(await built(`select ${counts}`, { assets: [assets.BTC], days })).toEqual([
      [2, 1, 1, 2, 0, 1, 1, 1],
    ]);
    const sql = `select simple_return, previous_date, close_mean_7d, volatility_90d
      from intermediate.int_market__daily_returns inner join marts.fct_rolling_metrics using (ticker, price_date)`;
    expect(await ask(lake.warehousePath, sql)).toEqual([
      { simple_return: null, previous_date: null, close_mean_7d: null, volatility_90d: null },
    ]);
  });

  test('an asset that is configured no more takes its prices along', async () => {
    lake.closes(assets.BTC, '2024-01-05', [7]).closes(assets.AAPL, '2024-01-04', [7]);
    const sql = `select distinct ticker from intermediate.int_market__unified_prices order by 1`;
    expect(await built(sql, { assets: [assets.BTC], days })).toEqual([['BTC'], ['USD']]);
  });
});

function closeOf(
  asset: AssetRow,
  date: string,
  close: number,
): { asset: AssetRow; date: string; close: number } {
  return { asset, date, close };
}
