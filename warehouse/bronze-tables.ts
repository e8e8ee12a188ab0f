import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isDiskTrouble } from '../lake/disk-trouble.ts';
import { cellSegments } from '../lake/layout.ts';
import { splitDataset } from '../workflows/pure/cell.ts';
import { EngineError, type Engine } from './engine.ts';
import type { ColumnOfDataset, DatasetOfBuild, WarehouseInputs } from './inputs.ts';
import { filePath, identifier, literal } from './sql-text.ts';
import { WarehouseError } from './warehouse-error.ts';

/** How many files one statement reads; between statements a build can be stopped and tells how far it is. */
const filesAtOnce = 2000;

/** Every file of every dataset has these beside its measures. */
const commonColumns: readonly ColumnOfDataset[] = [
  { name: 'source_id', physicalType: 'varchar' },
  { name: 'resource_id', physicalType: 'varchar' },
  { name: 'ticker_id', physicalType: 'varchar' },
  { name: 'bar_date', physicalType: 'date' },
  { name: '__batch_id', physicalType: 'varchar' },
  { name: '__source_name', physicalType: 'varchar' },
  { name: '__ingested_at', physicalType: 'timestamptz' },
  { name: '__schema_version', physicalType: 'varchar' },
];

/** The keys in a file's path, read as text and dates whatever they look like. */
export const pathColumns = 'source varchar, resource varchar, ticker varchar, "date" date';
/** Reads the keys of a path as they are, whatever they look like. */
export const pathOptions = `hive_partitioning = true,
    hive_types = {'source': varchar, 'resource': varchar, 'ticker': varchar, 'date': date}`;

/** The contract's type words, and DuckDB's own, as DuckDB's. */
const duckdbTypes: Readonly<Record<string, string>> = {
  string: 'varchar',
  varchar: 'varchar',
  utf8: 'varchar',
  double: 'double',
  bigint: 'bigint',
  int64: 'bigint',
  integer: 'integer',
  int32: 'integer',
  boolean: 'boolean',
  date: 'date',
  date32: 'date',
  timestamptz: 'timestamptz',
  timestamp_tz: 'timestamptz',
  'timestamp with time zone': 'timestamptz',
};

const publishedCell = z.object({ ticker: z.string(), date: z.string(), version: z.string().nullable() });
const describedColumn = z.object({ column_name: z.string() });

/** Names the table in which models find a dataset. */
export function bronzeTable(dataset: string): string {
  const { source, resource } = splitDataset(dataset);
  return `${source}__${resource}`;
}

function tableOf(dataset: DatasetOfBuild): string {
  return `bronze.main.${identifier(bronzeTable(dataset.id))}`;
}

/**
 * Fills `bronze` with one table a dataset: the rows of exactly those files whose cells the index calls
 * published. Bronze is never listed, so a file without a record is not read; and each file is read once, so
 * that all models see the same bytes whatever is published meanwhile. Rows of compact files stand for files whose very
 * hash they name.
 * @returns how many cells were read from a file of their own.
 */
export async function loadBronze(engine: Engine, inputs: WarehouseInputs): Promise<number> {
  let looseCells = 0;
  for (const dataset of inputs.datasets) {
    await createTable(engine, dataset);
    await loadCompacted(engine, inputs, dataset);
    const cells = await publishedCells(engine, dataset);
    looseCells += cells.length;
    for (const version of new Set(cells.map((cell) => cell.version))) {
      const files = cells
        .filter((cell) => cell.version === version)
        .map((cell) =>
          join(inputs.bronzeFolder, cellSegments({ dataset: dataset.id, ...cell }), 'data.parquet'),
        );
      await loadFiles(engine, inputs, dataset, files);
    }
  }
  return looseCells;
}

async function createTable(engine: Engine, dataset: DatasetOfBuild): Promise<void> {
  const columns = columnsOf(dataset).map(
    (column) => `${identifier(column.name)} ${duckdbType(dataset, column)}`,
  );
  await engine.run(`create table ${tableOf(dataset)} (${pathColumns}, ${columns.join(', ')})`);
}

async function publishedCells(
  engine: Engine,
  dataset: DatasetOfBuild,
): Promise<z.infer<typeof publishedCell>[]> {
  const { source, resource } = splitDataset(dataset.id);
  return engine.rows(
    publishedCell,
    `select ticker, date::varchar as date, contract_version as version from lake.current_publications as cells
    where source = ${literal(source)} and resource = ${literal(resource)}
    ${dataset.compactedFiles ? `and not exists (select 1 from ${tableOf(dataset)} as there where there.ticker = cells.ticker and there.date = cells.date)` : ''}
    order by ticker, date`,
  );
}

/** Loads those rows of compact files whose parts are what is published now; files of one version at a time. */
async function loadCompacted(
  engine: Engine,
  inputs: WarehouseInputs,
  dataset: DatasetOfBuild,
): Promise<void> {
  const all = (dataset.compactedFiles ?? []).filter(({ path }) => existsSync(path));
  for (const version of new Set(all.map(({ contractVersion }) => contractVersion))) {
    const paths = all.filter((file) => file.contractVersion === version).map(({ path }) => path);
    inputs.onProgress?.(`read ${dataset.id} ${paths.length} compact files`);
    try {
      await insertCompacted(engine, dataset, paths);
    } catch (error) {
      if (!(error instanceof EngineError) || error.kind === 'Out of Memory') throw error;
      inputs.onIgnored?.(
        `Could not read the compact files of ${dataset.id}: ${error.message}. Their cells were read from bronze; delete compact/, it is made anew.`,
      );
    }
  }
}

async function insertCompacted(
  engine: Engine,
  dataset: DatasetOfBuild,
  paths: readonly string[],
): Promise<void> {
  const { source, resource } = splitDataset(dataset.id);
  const columns = await columnsInFile(engine, dataset, paths[0] ?? '');
  await engine.run(`insert into ${tableOf(dataset)} by name
    select source_id as source, resource_id as resource, ticker_id as ticker, bar_date as "date", ${columns}
    from read_parquet([${paths.map(filePath).join(', ')}], hive_partitioning = false) as file
    semi join lake.current_publications as known
      on known.source = ${literal(source)} and known.resource = ${literal(resource)} and known.ticker = file.ticker_id
      and known.date = file.bar_date and known.sha256 = file.__part_sha256`);
}

/** Loads files of one contract version. They share a schema, so that the first one tells which columns are there. */
async function loadFiles(
  engine: Engine,
  inputs: WarehouseInputs,
  dataset: DatasetOfBuild,
  files: readonly string[],
): Promise<void> {
  let columns: string | undefined;
  for (let start = 0; start < files.length; start += filesAtOnce) {
    inputs.onProgress?.(`read ${dataset.id} ${start} of ${files.length} files`);
    const there = files.slice(start, start + filesAtOnce).filter((file) => existsSync(file));
    if (there.length === 0) continue;
    await guardReading(dataset, async () => {
      columns ??= await columnsInFile(engine, dataset, there[0] ?? '');
      await engine.run(`insert into ${tableOf(dataset)} by name
        select source, resource, ticker, date, ${columns}
        from read_parquet([${there.map(filePath).join(', ')}], ${pathOptions})`);
    });
  }
}

async function columnsInFile(engine: Engine, dataset: DatasetOfBuild, file: string): Promise<string> {
  const found = await engine.rows(
    describedColumn,
    `describe select * from read_parquet(${filePath(file)}, hive_partitioning = false)`,
  );
  const names = new Set(found.map((column) => column.column_name));
  return columnsOf(dataset)
    .filter((column) => names.has(column.name))
    .map((column) => identifier(column.name))
    .join(', ');
}

async function guardReading(dataset: DatasetOfBuild, read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!(error instanceof EngineError) || error.kind === 'Out of Memory' || isDiskTrouble(error))
      throw error;
    const message = `Could not read the published files of ${dataset.id}: ${error.message}. Compare the file with its record and publish its cell again; the old warehouse stays.`;
    throw new WarehouseError('BronzeUnreadable', message, { cause: error });
  }
}

function columnsOf(dataset: DatasetOfBuild): readonly ColumnOfDataset[] {
  const common = new Set(commonColumns.map((column) => column.name));
  return [...commonColumns, ...dataset.columns.filter((column) => !common.has(column.name))];
}

function duckdbType(dataset: DatasetOfBuild, column: ColumnOfDataset): string {
  const type = duckdbTypes[column.physicalType.toLowerCase()];
  if (type !== undefined) return type;
  throw new WarehouseError(
    'BronzeUnreadable',
    `Could not make a table for ${dataset.id}: its column ${column.name} is of type "${column.physicalType}". Use one of ${Object.keys(duckdbTypes).join(', ')} in its contract.`,
  );
}
