import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildWarehouse, type WarehouseInputs } from '../../warehouse/build.ts';
import { ask, assets, TinyLake } from '../warehouse/tiny-lake.ts';
import { testsThatNotice } from './mistake.ts';

let lake: TinyLake;

beforeEach(async () => {
  lake = await TinyLake.make();
});

afterEach(async () => {
  await lake.remove();
});

const built = (sql: string, more: Partial<WarehouseInputs> = {}): Promise<unknown[][]> =>
  lake.built(sql, { assets: [assets.BTC], ...more });

describe('source_conflicts', () => {
  const bitcoinByCsv = { ...assets.BTC, dataset: 'csv.daily_closes' };
  const conflicts = `select ticker, price_date, chosen_dataset, other_dataset, chosen_close, other_close, difference_pct
    from metadata.source_conflicts order by price_date`;

  test('the configured source wins; the other is kept in staging and compared on the days that both have', async () => {
    lake
      .closes(assets.BTC, '2024-02-28', [100, 200, null])
      .closes(bitcoinByCsv, '2024-02-27', [90, 101, 199, 300]);
    expect(await built(conflicts)).toEqual([
      ['BTC', '2024-02-28', 'coingecko.market_chart', 'csv.daily_closes', 100, 101, expect.closeTo(1, 10)],
      ['BTC', '2024-02-29', 'coingecko.market_chart', 'csv.daily_closes', 200, 199, expect.closeTo(-0.5, 10)],
    ]);
    const prices = 'select price_date, dataset, close from marts.fct_daily_prices order by price_date';
    expect((await ask(lake.warehousePath, prices)).map((row) => Object.values(row))).toEqual([
      ['2024-02-28', 'coingecko.market_chart', 100],
      ['2024-02-29', 'coingecko.market_chart', 200],
    ]);
    const kept = 'select close from staging.stg_csv__daily_closes order by price_date';
    expect((await ask(lake.warehousePath, kept)).map((row) => row['close'])).toEqual([90, 101, 199, 300]);
  });

  test('sources that differ by more than one percent are reported and stop nothing', async () => {
    lake.closes(assets.BTC, '2024-02-28', [100]).closes(bitcoinByCsv, '2024-02-28', [102]);
    await lake.write();
    const { outcome, tests } = await buildWarehouse(lake.inputs({ assets: [assets.BTC] }));
    expect(outcome).toBe('built');
    expect(tests).toContainEqual({ name: 'source_conflicts_are_small', severity: 'warning', offenders: 1 });
  });

  test('choosing the wrong source is noticed', async () => {
    lake.closes(assets.BTC, '2024-02-28', [100]).closes(bitcoinByCsv, '2024-02-28', [102]);
    await lake.write();
    const mistake = {
      file: 'metadata/source_conflicts.sql',
      from: 'closes.dataset = observed.dataset',
      to: 'closes.dataset <> observed.dataset',
    };
    expect(await testsThatNotice(lake, { assets: [assets.BTC] }, mistake)).toEqual([
      'source_conflicts_choose_the_price_in_use',
    ]);
  });

  test('an asset that nobody configured conflicts with nothing', async () => {
    lake.closes(assets.BTC, '2024-02-28', [100]).closes(bitcoinByCsv, '2024-02-28', [102]);
    expect(await built(conflicts, { assets: [assets.AAPL] })).toEqual([]);
  });
});
