import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cellSegments } from '../../lake/layout.ts';
import { buildWarehouse } from '../../warehouse/build.ts';
import { model, writeSql } from './sql-folder.ts';
import { ask, assets, datasets, everyDay, sqlFolder, TinyLake } from './tiny-lake.ts';

const days = everyDay('BTC', '2024-02-26', '2024-03-01');
let lake: TinyLake;

beforeEach(async () => {
  lake = await TinyLake.make();
});

afterEach(async () => {
  await lake.remove();
});

const bronzeFile = (date: string, ticker = 'BTC'): string =>
  join(
    lake.folder,
    'bronze',
    cellSegments({ dataset: 'coingecko.market_chart', ticker, date }),
    'data.parquet',
  );
const closes = (): Promise<Record<string, unknown>[]> =>
  ask(
    lake.warehousePath,
    'select ticker, price_date, close from staging.stg_coingecko__market_chart order by all',
  );

describe('what a build leaves', () => {
  test('every published cell is in the warehouse, and nothing but warehouse and lock lies beside it', async () => {
    await lake.closes(assets.BTC, '2024-02-26', [100, 110]).write();
    const result = await buildWarehouse(lake.inputs({ assets: [assets.BTC], days }));
    expect(result.outcome).toBe('built');
    expect(result.unsettled).toEqual([]);
    expect(result.models).toContainEqual({
      name: 'marts.fct_daily_prices',
      rows: 2,
      ms: expect.any(Number) as number,
    });
    expect(result.tests.every((run) => run.offenders === 0)).toBe(true);
    expect((await readdir(lake.folder)).sort()).toEqual([
      'bronze',
      'index.duckdb',
      'warehouse.duckdb',
      'warehouse.lock.duckdb',
    ]);
  });

  test('the warehouse reads no bronze: it answers when bronze and index are gone', async () => {
    await lake.closes(assets.BTC, '2024-02-26', [100]).write();
    await buildWarehouse(lake.inputs({ assets: [assets.BTC], days }));
    await rm(join(lake.folder, 'bronze'), { recursive: true });
    await rm(lake.indexPath);
    expect(await closes()).toEqual([{ ticker: 'BTC', price_date: '2024-02-26', close: 100 }]);
    const schemas = `select distinct schema_name from duckdb_tables() order by all`;
    const found = (await ask(lake.warehousePath, schemas)).map((row) => row['schema_name']);
    expect(found).toEqual(['intermediate', 'marts', 'metadata', 'staging']);
  });

  test('metadata.build says who built it, when, from what', async () => {
    await lake.closes(assets.BTC, '2024-02-26', [100]).write();
    const { fingerprint } = await buildWarehouse(lake.inputs({ assets: [assets.BTC], days }));
    const [row] = await ask(lake.warehousePath, 'from metadata.build');
    expect(row).toMatchObject({
      fingerprint,
      run: 'daily/2024-03-01',
      market: 'sample',
      published_cells: '1',
      unsettled_cells: '0',
      built_at: '2024-03-02 01:00:00+00',
    });
  });

  test('an empty lake builds a warehouse that has a calendar and nothing else', async () => {
    await lake.write();
    const result = await buildWarehouse(lake.inputs());
    expect(result.outcome).toBe('built');
    const filled = result.models.filter((built) => built.rows > 0);
    expect(filled.map((built) => built.name)).toEqual(['marts.dim_dates']);
  });

  test('a lake with one csv asset builds', async () => {
    await lake.closes(assets.VIX, '2024-02-26', [14]).write();
    await buildWarehouse(
      lake.inputs({ assets: [assets.VIX], days: everyDay('^VIX', '2024-02-26', '2024-02-27') }),
    );
    const rows = await ask(lake.warehousePath, 'select ticker, close, currency from marts.fct_daily_prices');
    expect(rows).toEqual([{ ticker: '^VIX', close: 14, currency: null }]);
  });

  test('seeds are text tables that models read', async () => {
    await lake.write();
    const folder = await writeSql(join(lake.folder, 'sql'), {
      'seeds/holidays.csv': 'holiday_date,name\n2024-12-25,Christmas Day\n',
      'marts/days.sql': model(
        'select holidays.holiday_date as n, holidays.name from seeds.holidays as holidays',
      ),
    });
    await buildWarehouse(lake.inputs({ sqlFolder: folder }));
    expect(await ask(lake.warehousePath, 'from marts.days')).toEqual([
      { n: '2024-12-25', name: 'Christmas Day' },
    ]);
  });
});

describe('which files are read', () => {
  test('a file without a record is not in the warehouse', async () => {
    await lake.closes(assets.BTC, '2024-02-26', [100]).write();
    for (const foreign of [bronzeFile('2024-02-27'), bronzeFile('2024-02-26', 'ETH')]) {
      await mkdir(dirname(foreign), { recursive: true });
      await copyFile(bronzeFile('2024-02-26'), foreign);
    }
    const result = await buildWarehouse(lake.inputs({ assets: [assets.BTC], days }));
    expect(await closes()).toEqual([{ ticker: 'BTC', price_date: '2024-02-26', close: 100 }]);
    expect(result.unsettled).toEqual([]);
  });

  test('a file whose batch no record knows is left out and named', async () => {
    await lake.closes(assets.BTC, '2024-02-26', [100, 110]).write();
    const other = await TinyLake.make();
    await other.add({ asset: assets.BTC, date: '2024-02-27', close: 999, batch: 'batch-unknown' }).write();
    const from = join(other.folder, bronzeFile('2024-02-27').slice(lake.folder.length));
    await copyFile(from, bronzeFile('2024-02-27'));
    await other.remove();
    const result = await buildWarehouse(lake.inputs({ assets: [assets.BTC], days }));
    expect(await closes()).toEqual([{ ticker: 'BTC', price_date: '2024-02-26', close: 100 }]);
    const cell = { dataset: 'coingecko.market_chart', ticker: 'BTC', date: '2024-02-27' };
    expect(result.unsettled).toEqual([{ ...cell, found: 'unknown batch' }]);
  });

  test('a record whose file is not there yet leaves its cell out, and the next build looks again', async () => {
    await lake
      .closes(assets.BTC, '2024-02-26', [100])
      .add({ asset: assets.BTC, date: '2024-02-27', hasFile: false })
      .write();
    const inputs = lake.inputs({ assets: [assets.BTC], days });
    const first = await buildWarehouse(inputs);
    const cell = { dataset: 'coingecko.market_chart', ticker: 'BTC', date: '2024-02-27' };
    expect(first.unsettled).toEqual([{ ...cell, found: 'nothing' }]);

    await mkdir(dirname(bronzeFile('2024-02-27')), { recursive: true });
    await copyFile(bronzeFile('2024-02-26'), bronzeFile('2024-02-27'));
    const second = await buildWarehouse(inputs);
    expect(second).toMatchObject({ outcome: 'built', unsettled: [] });
    expect((await closes()).map((row) => row['price_date'])).toEqual(['2024-02-26', '2024-02-27']);
  });

  test('a restatement whose file has not moved in yet shows the publication before it, as that one', async () => {
    const cell = { asset: assets.BTC, date: '2024-02-26' };
    await lake
      .add({ ...cell, close: 100, batch: 'batch-1', number: 1 })
      .add({ ...cell, batch: 'batch-2', number: 2, hasFile: false })
      .write();
    const result = await buildWarehouse(lake.inputs({ assets: [assets.BTC], days }));
    expect(result.unsettled.map((left) => left.found)).toEqual(['older publication']);
    const rows = await ask(
      lake.warehousePath,
      'select close, batch_id, publication_number from staging.stg_coingecko__market_chart',
    );
    expect(rows).toEqual([{ close: 100, batch_id: 'batch-1', publication_number: 1 }]);
  });

  test('a cell found unchanged keeps the lineage of the publication that brought it', async () => {
    const cell = { asset: assets.BTC, date: '2024-02-26' };
    await lake.add({ ...cell, close: 100 }, { ...cell, event: 'unchanged', number: 2 }).write();
    const result = await buildWarehouse(lake.inputs({ assets: [assets.BTC], days }));
    expect(result.unsettled).toEqual([]);
    const rows = await ask(
      lake.warehousePath,
      'select publication_number, published_at from staging.stg_coingecko__market_chart',
    );
    expect(rows).toEqual([{ publication_number: 1, published_at: '2024-02-26 23:31:00+00' }]);
  });

  test('tickers come back as they are, whatever their path must hide', async () => {
    const tickers = ['0700', 'BRK/B', 'NULL', 'Zürich 1', '^VIX'];
    const all = tickers.map((ticker) => ({ ...assets.BTC, ticker }));
    await lake.add(...all.map((asset) => ({ asset, date: '2024-02-26', close: 1 }))).write();
    await buildWarehouse(lake.inputs({ assets: all }));
    expect((await closes()).map((row) => row['ticker'])).toEqual(tickers);
  });

  test('a contract that gained a column reads the older files with nulls there', async () => {
    await lake.closes(assets.BTC, '2024-02-26', [100]).write();
    const wider = datasets.map((dataset) => ({
      ...dataset,
      columns: [...dataset.columns, { name: 'dominance', physicalType: 'double' }],
    }));
    const folder = await writeSql(join(lake.folder, 'sql'), {
      'marts/wide.sql': model(
        'select bars.close as n, bars.dominance from bronze.coingecko__market_chart as bars',
      ),
    });
    await buildWarehouse(lake.inputs({ datasets: wider, sqlFolder: folder }));
    expect(await ask(lake.warehousePath, 'from marts.wide')).toEqual([{ n: 100, dominance: null }]);
  });

  test('a published file that is no Parquet stops the build and is named', async () => {
    await lake.closes(assets.BTC, '2024-02-26', [100]).write();
    await writeFile(bronzeFile('2024-02-26'), 'not a parquet file at all');
    const build = buildWarehouse(lake.inputs({ assets: [assets.BTC], days }));
    await expect(build).rejects.toMatchObject({
      code: 'BronzeUnreadable',
      message: expect.stringContaining('date=2024-02-26/data.parquet') as string,
    });
  });
});

describe('whether anything changed', () => {
  beforeEach(async () => {
    await lake.closes(assets.BTC, '2024-02-26', [100]).write();
  });

  const build = (more = {}): ReturnType<typeof buildWarehouse> =>
    buildWarehouse(lake.inputs({ assets: [assets.BTC], days, ...more }));

  test('the same inputs again change nothing', async () => {
    const first = await build();
    const before = await ask(lake.warehousePath, 'from metadata.build');
    const later = await build({ now: new Date('2024-03-09T00:00:00Z'), builtBy: 'daily/2024-03-08' });
    expect(later).toMatchObject({ outcome: 'unchanged', fingerprint: first.fingerprint });
    expect(await ask(lake.warehousePath, 'from metadata.build')).toEqual(before);
  });

  test('another record of a run is no change', async () => {
    await build();
    await lake
      .index(
        `insert into run_records by name select 'r' as run, 1 as number, 'started' as event, now() as recorded_at`,
      )
      .write();
    expect((await build()).outcome).toBe('unchanged');
  });

  test.each([
    ['a new cell', () => lake.add({ asset: assets.BTC, date: '2024-02-27', close: 2 }).write(), {}],
    [
      'a cell that failed',
      () => lake.add({ asset: assets.BTC, date: '2024-02-27', event: 'failed' }).write(),
      {},
    ],
    [
      'an audit',
      () =>
        lake
          .index(
            `insert into audits by name select 'a' as source, 'b' as resource, 't' as ticker, date '2024-01-01' as date, 'x' as attempt_id, 'p' as path`,
          )
          .write(),
      {},
    ],
    ['another asset', () => Promise.resolve(), { assets: [assets.BTC, assets.VIX] }],
    ['another calendar', () => Promise.resolve(), { days: days.slice(1) }],
    ['another market', () => Promise.resolve(), { market: 'live' }],
  ])('%s is a change', async (_title, change, more) => {
    await build();
    await change();
    expect((await build(more)).outcome).toBe('built');
  });

  test('a changed byte in a SQL file is a change', async () => {
    const folder = await writeSql(join(lake.folder, 'sql'), { 'marts/one.sql': model('select 1 as n') });
    await build({ sqlFolder: folder });
    await writeSql(folder, { 'marts/one.sql': model('select 2 as n') });
    expect((await build({ sqlFolder: folder })).outcome).toBe('built');
    expect(await ask(lake.warehousePath, 'from marts.one')).toEqual([{ n: 2 }]);
  });

  test('a warehouse that cannot be read is built anew', async () => {
    await build();
    await writeFile(lake.warehousePath, 'rubbish');
    expect((await build()).outcome).toBe('built');
    expect(await closes()).toHaveLength(1);
  });

  test('an index that is not there is said, and the old warehouse stays', async () => {
    await build();
    await rm(lake.indexPath);
    await expect(build({ market: 'live' })).rejects.toMatchObject({
      code: 'IndexUnreadable',
      isRetryable: true,
    });
    expect(await closes()).toHaveLength(1);
  });

  test("the repository's SQL files declare grain and key, and carry a reason where they need DuckDB", async () => {
    const { readSqlFolder } = await import('../../warehouse/sql-files.ts');
    const { models, tests } = await readSqlFolder(sqlFolder);
    expect(models.length).toBeGreaterThan(10);
    expect(tests.length).toBeGreaterThan(8);
    const withoutReason = models.filter(
      (file) => file.header.engine === 'duckdb' && !/-- engine: duckdb because \S/.test(file.text),
    );
    expect(withoutReason.map((file) => file.file)).toEqual([]);
  });
});
