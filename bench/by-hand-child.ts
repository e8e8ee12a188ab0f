import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { seedYears } from '../calendars/seeds/seed-years.ts';
import { readAllModels } from '../warehouse/all-models.ts';
import { bronzeTable } from '../warehouse/bronze-tables.ts';
import type { WarehouseInputs } from '../warehouse/build.ts';
import { readSqlFolder, modelName } from '../warehouse/sql-files.ts';
import { priceMeasures } from '../warehouse/staging/price-measures.ts';

/**
 * The same SQL as somebody would run it by hand in one DuckDB process: load the files, then each model, each
 * key and each test, in an order that is given, into one file. Nothing is checked, recorded, compared or swapped.
 */
const shape = z.looseObject({
  inputs: z.unknown(),
  order: z.array(z.string()),
  catalogs: z.string().nullable(),
});
const given = shape.parse(JSON.parse(await readFile(process.argv[2] ?? '', 'utf8')));
// The parent wrote whole inputs.
const inputs = given.inputs as WarehouseInputs & { readonly daysFile: string; readonly assetsFile: string };
/** Null: all in memory; else the folder in which the catalogs become files, for another tool to build from. */
const folder = given.catalogs;

const startedMs = performance.now();
const instance = await DuckDBInstance.create(':memory:', {
  memory_limit: '3000MB',
  preserve_insertion_order: 'false',
  enable_external_file_cache: 'false',
});
const connection = await instance.connect();
await load(connection);
if (folder === null) await build(connection);
const seconds = (performance.now() - startedMs) / 1000;
connection.closeSync();
instance.closeSync();
console.log(JSON.stringify({ seconds, peakMb: process.resourceUsage().maxRSS / 1024 }));

async function load(on: DuckDBConnection): Promise<void> {
  await on.run("set TimeZone = 'UTC'");
  await on.run(`attach '${inputs.indexPath}' as lake_index (read_only)`);
  for (const catalog of ['lake', 'bronze', 'seeds']) {
    await on.run(`attach '${folder === null ? ':memory:' : `${folder}/${catalog}.duckdb`}' as ${catalog}`);
  }
  for (const table of ['cell_records', 'cells', 'run_records', 'window_records', 'audits']) {
    await on.run(`create table lake.main.${table} as select * from lake_index.${table}`);
  }
  await on.run(`create table lake.main.publications as
    select *, recorded_at as ingested_at from lake_index.publications`);
  await on.run(`create table lake.main.assets as
    select * from read_csv('${inputs.assetsFile}', header = true, all_varchar = true)`);
  await on.run(`create table lake.main.asset_sources as
    select ticker, dataset, source, resource, symbol, 1 as place from lake.assets`);
  await on.run(`create table lake.main.datasets as
    select unnest(${list(inputs.datasets.map(({ id }) => id))}) as dataset, cast(1 as double) as price_tolerance_pct`);
  await on.run(`create table lake.main.fixings as
    select ticker, dataset, cast(null as varchar) as fixing from lake.assets`);
  await on.run(`create table lake.main.superseded (source varchar, resource varchar, ticker varchar, "date" date,
    number integer, ${priceMeasures.map((name) => `${name} double`).join(', ')})`);
  await on.run(`create table lake.main.days as
    select ticker, date, is_open, cast(note as varchar) as note from read_csv('${inputs.daysFile}', header = true)`);
  await on.run(`create table lake.main.dates as
    select cast(day as date) as date, cast(day as date) - date '1970-01-01' as day_number,
      cast(dayofyear(day) as integer) as day_of_year, year(day) not between
        ${seedYears.first.slice(0, 4)} and ${seedYears.last.slice(0, 4)} as is_padding
    from range(date '${seedYears.first}' - 7, date '${seedYears.last}' + 8, interval 1 day) as t (day)`);
  await on.run(`create table lake.main.build as select 'by-hand' as fingerprint, 'bench' as run, 'sample' as market,
    version() as engine_version, 0 as published_cells, 0 as unsettled_cells, now() as last_recorded_at, now() as built_at`);
  for (const seed of (await readSqlFolder(inputs.sqlFolder)).seeds) {
    await on.run(`create table seeds.main.${seed.name} as
      select * from read_csv('${seed.path}', header = true, all_varchar = true)`);
  }
  for (const dataset of inputs.datasets) await loadBronze(on, dataset);
  await on.run('detach lake_index');
}

function list(words: readonly string[]): string {
  return `[${words.map((word) => `'${word}'`).join(', ')}]`;
}

async function loadBronze(on: DuckDBConnection, dataset: WarehouseInputs['datasets'][number]): Promise<void> {
  const table = `bronze.main.${bronzeTable(dataset.id)}`;
  const [source, resource] = dataset.id.split('.');
  const columns = dataset.columns.map(
    ({ name, physicalType }) =>
      `"${name}" ${physicalType.replace('TIMESTAMP_TZ', 'timestamptz').replace('timestamp_tz', 'timestamptz')}`,
  );
  await on.run(
    `create table ${table} (source varchar, resource varchar, ticker varchar, "date" date, ${columns.join(', ')})`,
  );
  const compacted = dataset.compactedFiles?.map(({ path }) => path);
  const places = compacted ?? [`${inputs.bronzeFolder}/source=${source}/resource=${resource}/**/*.parquet`];
  await on
    .run(
      `insert into ${table} by name select *${compacted ? ' exclude (__part_sha256, __part_number)' : ''} from read_parquet([${places.map((place) => `'${place}'`).join(', ')}],
      hive_partitioning = ${compacted === undefined}${compacted === undefined ? ", hive_types = {'source': varchar, 'resource': varchar, 'ticker': varchar, 'date': date}" : ''})`,
    )
    .catch((error: unknown) => {
      if (!/No files found/.test(String(error))) throw error;
    });
}

async function build(on: DuckDBConnection): Promise<void> {
  const { models, tests } = await readAllModels(inputs.sqlFolder, inputs.datasets);
  await on.run(`attach '${inputs.warehousePath}.by-hand' as warehouse`);
  await on.run('use warehouse');
  for (const name of given.order) {
    const model = models.find((one) => modelName(one) === name);
    if (!model) throw new Error(`There is no model ${name}`);
    await on.run(`create schema if not exists ${model.schema}`);
    await on.run(`create table ${name} as ${model.text}`);
  }
  await on.run('create schema if not exists metadata');
  await on.run('create table metadata.build as select * from lake.build');
  for (const model of models) {
    const key = model.header.key.join(', ');
    await on.run(`select ${key}, count(*) from ${modelName(model)} group by ${key} having count(*) > 1`);
  }
  for (const test of tests) await on.run(test.text);
  await on.run('checkpoint warehouse');
}
