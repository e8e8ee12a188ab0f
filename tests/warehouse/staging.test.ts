import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseContract } from '../../contracts/parse.ts';
import { readAllModels } from '../../warehouse/all-models.ts';
import { buildWarehouse } from '../../warehouse/build.ts';
import { datasetOfBuild } from '../../warehouse/dataset-of-build.ts';
import type { DatasetOfBuild } from '../../warehouse/inputs.ts';
import { contractText } from '../contracts/support.ts';
import { model, writeSql } from './sql-folder.ts';
import { ask, assets, datasets, TinyLake } from './tiny-lake.ts';

/** The dataset of a contract that the house has never seen, its text changed here and there. */
function madeUp(...changes: (readonly [string, string])[]): DatasetOfBuild {
  const text = changes.reduce((last, [from, to]) => last.replace(from, to), contractText());
  return datasetOfBuild(parseContract(text, 'made-up.odcs.yaml'));
}

const promises = `customProperties:
  - { property: priceTolerancePct, value: 3 }
  - { property: fixing, value: { crypto: 00:00 UTC after the day } }`;
const closes = madeUp(
  ['test:demo.prices', 'test:exchange.daily_candles'],
  ['customProperties:', promises],
  ['name: price\n', 'name: close\n'],
);
/** Coins at an instant: a price, and no close. */
const snapshots = madeUp();

describe('a dataset that nobody wrote SQL for', () => {
  const other = { ...assets.BTC, dataset: closes.id };
  const coin = { ...assets.BTC, dataset: snapshots.id };
  const byCsv = { ...assets.BTC, dataset: 'csv.daily_closes' };
  let lake: TinyLake;
  const rows = async (sql: string): Promise<unknown[][]> =>
    (await ask(lake.warehousePath, sql)).map((row) => Object.values(row));

  beforeAll(async () => {
    lake = await TinyLake.make([closes, snapshots]);
    lake
      .closes(assets.BTC, '2024-02-28', [100, 200])
      .closes(byCsv, '2024-02-28', [102])
      .add({ asset: other, date: '2024-02-28', close: 102 })
      .add({ asset: other, date: '2024-02-29', close: 150 })
      .add({ asset: other, date: '2024-02-29', close: 210, number: 2, batch: 'later' })
      .add({ asset: coin, date: '2024-02-28', measures: { price: 101 } });
    lake.index('update cell_records set supersedes_number = 1 where number = 2');
    await lake.write();
    await buildWarehouse(lake.inputs({ assets: [assets.BTC] }));
  });

  afterAll(() => lake.remove());

  test('has a staging model with its own columns and the way back to its bytes', async () => {
    expect(await rows('select * exclude (observed_at, published_at) from staging.stg_demo__prices')).toEqual([
      [
        ...['BTC', '2024-02-28', 'demo.prices', 'demo', 101, null, 'batch-BTC', 'demo', '1.0.0', 1, 'sha-1'],
        ...['daily/2024-03-01', 'partition/2024-02-28/BTC'],
      ],
    ]);
  });

  test('is among the daily prices where it has a close, and is not where it has none', async () => {
    const prices = `select dataset, price_date, open, close, market_cap, publication_number
      from staging.stg_daily_prices order by all`;
    expect(await rows(prices)).toEqual([
      ['coingecko.market_chart', '2024-02-28', null, 100, null, 1],
      ['coingecko.market_chart', '2024-02-29', null, 200, null, 1],
      ['csv.daily_closes', '2024-02-28', null, 102, null, 1],
      ['exchange.daily_candles', '2024-02-28', null, 102, null, 1],
      ['exchange.daily_candles', '2024-02-29', null, 210, null, 2],
    ]);
  });

  test('is compared with the source in use by what the more tolerant contract says, fixing beside fixing', async () => {
    const conflicts = `select price_date, other_dataset, chosen_fixing, other_fixing, round(difference_pct, 6), tolerance_pct,
      is_beyond_tolerance from metadata.source_conflicts order by all`;
    const midnight = '00:00 UTC after the day';
    expect(await rows(conflicts)).toEqual([
      ['2024-02-28', 'csv.daily_closes', midnight, 'as the file has it', 2, 1, true],
      ['2024-02-28', 'exchange.daily_candles', midnight, midnight, 2, 3, false],
      ['2024-02-29', 'exchange.daily_candles', midnight, midnight, 5, 3, true],
    ]);
  });

  test('shows what a restatement replaced', async () => {
    const restatements = 'select dataset, old_close, new_close from metadata.restatements';
    expect(await rows(restatements)).toEqual([['exchange.daily_candles', 150, 210]]);
  });

  test('the facts and the asset say when the price in use is fixed', async () => {
    const fixings = `select fixing from marts.dim_assets union all select distinct fixing from marts.fct_daily_prices`;
    expect(await rows(fixings)).toEqual([['00:00 UTC after the day'], ['00:00 UTC after the day']]);
  });
});

describe('what a build makes of its contracts', () => {
  let lake: TinyLake;
  let sqlFolder: string;

  beforeAll(async () => {
    lake = await (await TinyLake.make([closes])).write();
    sqlFolder = await writeSql(join(lake.folder, 'sql'), {
      'marts/terms.sql': `-- A model.\n-- grain: dataset\n-- key: dataset\nselect * from lake.datasets`,
      'marts/instants.sql': `-- A model.\n-- grain: asset\n-- key: ticker, dataset\nselect * from lake.fixings`,
    });
  });

  afterAll(() => lake.remove());

  test('models read what contracts and configuration say of datasets, and another word of theirs is another warehouse', async () => {
    const gold = { ...assets.VIX, fixings: { 'csv.daily_closes': '15:00 Europe/London' } };
    const inputs = lake.inputs({ sqlFolder, assets: [assets.AAPL, gold] });
    expect((await buildWarehouse(inputs)).outcome).toBe('built');
    expect((await buildWarehouse(inputs)).outcome).toBe('unchanged');
    const terms = `select price_tolerance_pct, fixing, price_unit from marts.terms where dataset in ('massive.daily_bars', '${closes.id}')
      order by dataset desc`;
    expect((await ask(lake.warehousePath, terms)).map((row) => Object.values(row))).toEqual([
      [1, expect.stringMatching(/^stock: 16:00 .*; fx: 00:00/), "USD, or a pair's quote currency"],
      [3, 'crypto: 00:00 UTC after the day', null],
    ]);
    const fixings = `select ticker, dataset, fixing from marts.instants
      where dataset in ('coingecko.market_chart', 'csv.daily_closes', 'massive.daily_bars')
      order by ticker, dataset`;
    expect((await ask(lake.warehousePath, fixings)).map((row) => Object.values(row))).toEqual([
      ['AAPL', 'coingecko.market_chart', '00:00 UTC after the day'],
      ['AAPL', 'csv.daily_closes', 'as the file has it'],
      ['AAPL', 'massive.daily_bars', expect.stringMatching(/^16:00 America/)],
      ['^VIX', 'coingecko.market_chart', '00:00 UTC after the day'],
      ['^VIX', 'csv.daily_closes', '15:00 Europe/London'],
    ]);
    const laxer = lake.datasets.map((dataset) => ({ ...dataset, priceTolerancePct: 9 }));
    expect((await buildWarehouse({ ...inputs, datasets: laxer })).outcome).toBe('built');
  });

  test('without any dataset the daily prices are empty, in the same shape', async () => {
    const columns = `select column_name, data_type from duckdb_columns() where table_name = 'stg_daily_prices' order by column_index`;
    const before = await ask(lake.warehousePath, columns);
    await buildWarehouse(lake.inputs({ sqlFolder, datasets: [] }));
    expect(await ask(lake.warehousePath, columns)).toEqual(before);
    expect(await ask(lake.warehousePath, 'from staging.stg_daily_prices')).toEqual([]);
  });

  test('a column that is called like one of staging, and a file like a generated model, are named', async () => {
    const taken = madeUp(['name: label\n', 'name: run\n']);
    await expect(readAllModels(sqlFolder, [taken])).rejects.toMatchObject({
      code: 'ModelBroken',
      message: expect.stringContaining('demo.prices: its contract has a column run') as string,
    });
    await writeSql(sqlFolder, { 'staging/stg_csv__daily_closes.sql': model('select 1 as n') });
    await expect(readAllModels(sqlFolder, datasets)).rejects.toMatchObject({
      code: 'ModelBroken',
      facts: { file: 'sql/staging/stg_csv__daily_closes.sql' },
    });
  });
});
