import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadContracts } from '../../contracts/load.ts';
import { indexSchema } from '../../lake/index-schema.ts';
import { cellSegments, supersededFile } from '../../lake/layout.ts';
import { addDays, datesBetween, splitDataset } from '../../workflows/pure/cell.ts';
import {
  buildWarehouse,
  type AssetRow,
  type DatasetOfBuild,
  type DayRow,
  type WarehouseInputs,
} from '../../warehouse/build.ts';
import { datasetOfBuild } from '../../warehouse/dataset-of-build.ts';

/** The repository's own SQL files. */
export const sqlFolder = join(import.meta.dirname, '../../sql');

/** The datasets of the house, by their contracts. */
export const datasets: readonly DatasetOfBuild[] = [
  ...loadContracts(join(import.meta.dirname, '../../contracts')).values(),
].map(datasetOfBuild);

const isMeasure = (name: string): boolean => !/^(__|source_id|resource_id|ticker_id|bar_date)/.test(name);

/** Some assets, one of each kind. */
export const assets = {
  BTC: asset('BTC', 'crypto', 'every-day', 'coingecko.market_chart', 'bitcoin', 'USD'),
  AAPL: asset('AAPL', 'stock', 'nyse', 'massive.daily_bars', 'AAPL', 'USD'),
  VIX: asset('^VIX', 'index', 'nyse', 'csv.daily_closes', 'vix.csv', null),
};

function asset(
  ticker: string,
  kind: string,
  calendar: string,
  dataset: string,
  symbol: string,
  currency: string | null,
): AssetRow {
  return { ticker, class: kind, calendar, dataset, symbol, currency };
}

/** Every day open. */
export function everyDay(ticker: string, from: string, to: string): DayRow[] {
  return datesBetween(from, to).map((date) => ({ ticker, date, is_open: true, note: null }));
}

/** Monday to Friday open, without the holidays given. */
export function weekdays(
  ticker: string,
  from: string,
  to: string,
  holidays: readonly string[] = [],
): DayRow[] {
  return datesBetween(from, to).map((date) => {
    const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
    const isOpen = weekday !== 0 && weekday !== 6 && !holidays.includes(date);
    return { ticker, date, is_open: isOpen, note: isOpen ? null : 'closed' };
  });
}

/** One record of a cell; a published one has its file written unless told otherwise. */
export interface Entry {
  readonly asset: AssetRow;
  readonly date: string;
  readonly close?: number;
  /** Numbers, and texts or instants as the column has them. */
  readonly measures?: Readonly<Record<string, number | string | null>>;
  readonly event?: string;
  readonly number?: number;
  readonly batch?: string;
  readonly version?: string;
  /** False: a record whose file is not (yet) there. */
  readonly hasFile?: boolean;
}

/** A lake in a temporary folder: bronze files and an index, nothing else. */
export class TinyLake {
  readonly #entries: Entry[] = [];
  readonly #statements: string[] = [];

  private constructor(
    readonly folder: string,
    readonly datasets: readonly DatasetOfBuild[],
  ) {}

  /** Makes a lake of the datasets of the house, and of others that a test made up. */
  static async make(others: readonly DatasetOfBuild[] = []): Promise<TinyLake> {
    return new TinyLake(await mkdtemp(join(tmpdir(), 'warehouse-')), [...datasets, ...others]);
  }

  get warehousePath(): string {
    return join(this.folder, 'warehouse.duckdb');
  }

  get indexPath(): string {
    return join(this.folder, 'index.duckdb');
  }

  add(...entries: Entry[]): this {
    this.#entries.push(...entries);
    return this;
  }

  /** Published closes of consecutive dates; null leaves a day out. */
  closes(asset: AssetRow, from: string, closes: readonly (number | null)[]): this {
    closes.forEach((close, index) => {
      if (close !== null) this.add({ asset, date: addDays(from, index), close });
    });
    return this;
  }

  /** SQL to run in the index once its tables are there. */
  index(...statements: string[]): this {
    this.#statements.push(...statements);
    return this;
  }

  /** Writes the files and the index anew. */
  async write(): Promise<this> {
    await rm(this.indexPath, { force: true });
    const instance = await DuckDBInstance.create(this.indexPath);
    const connection = await instance.connect();
    await connection.run("set TimeZone = 'UTC'");
    await connection.run(indexSchema);
    if (this.#entries.length > 0) await connection.run(recordsOf(this.#entries));
    for (const dataset of this.datasets) await this.#writeFiles(connection, dataset);
    for (const statement of this.#statements) await connection.run(statement);
    connection.closeSync();
    instance.closeSync();
    return this;
  }

  /** What a build of this lake takes. */
  inputs(more: Partial<WarehouseInputs> = {}): WarehouseInputs {
    return {
      warehousePath: this.warehousePath,
      sqlFolder,
      indexPath: this.indexPath,
      bronzeFolder: join(this.folder, 'bronze'),
      datasets: this.datasets,
      assets: [],
      days: [],
      market: 'sample',
      builtBy: 'daily/2024-03-01',
      now: new Date('2024-03-02T01:00:00Z'),
      ...more,
    };
  }

  /** Writes the lake, builds its warehouse and answers one query with plain rows. */
  async built(sql: string, more: Partial<WarehouseInputs> = {}): Promise<unknown[][]> {
    await this.write();
    await buildWarehouse(this.inputs(more));
    return (await ask(this.warehousePath, sql)).map((row) => Object.values(row));
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Writes the files of one dataset in one statement, which for hundreds takes a tenth of the time of one each. */
  async #writeFiles(connection: DuckDBConnection, dataset: DatasetOfBuild): Promise<void> {
    const own = this.#entries.filter((entry) => entry.asset.dataset === dataset.id && fileIsThere(entry));
    const newest = new Map(own.map((entry) => [this.#folderOf(entry), entry]));
    const files = own.map((entry) => [this.#fileOf(entry, newest), entry] as const);
    if (files.length === 0) return;
    const parts = join(this.folder, 'parts');
    await connection.run(`copy (${rowsOfFiles(dataset, files)}) to '${parts}'
      (format parquet, partition_by (part), filename_pattern 'data_{i}')`);
    await Promise.all(
      files.map(async ([file], part) => {
        await mkdir(dirname(file), { recursive: true });
        await rename(join(parts, `part=${part}`, 'data_0.parquet'), file);
      }),
    );
    await rm(parts, { recursive: true });
  }

  /** A cell's later entry replaces the file of an earlier one, which is kept. */
  #fileOf(entry: Entry, newest: ReadonlyMap<string, Entry>): string {
    if (newest.get(this.#folderOf(entry)) === entry) return join(this.#folderOf(entry), 'data.parquet');
    const { asset, date, number = 1 } = entry;
    return join(this.folder, supersededFile({ dataset: asset.dataset, ticker: asset.ticker, date }, number));
  }

  #folderOf({ asset: { dataset, ticker }, date }: Entry): string {
    return join(this.folder, 'bronze', cellSegments({ dataset, ticker, date }));
  }
}

/** The one row of each file, numbered by `part`. */
function rowsOfFiles({ id, columns }: DatasetOfBuild, files: readonly (readonly [string, Entry])[]): string {
  const { source, resource } = splitDataset(id);
  const own = columns.filter(({ name }) => isMeasure(name));
  const rows = files.map(([, entry], part) => {
    const measures: Record<string, number | string | null> = {
      close: entry.close ?? null,
      ...entry.measures,
    };
    const values = own.map(
      ({ name, physicalType }) =>
        `${sqlOf(measures[name])}::${physicalType === 'TIMESTAMP_TZ' ? 'timestamptz' : physicalType}`,
    );
    return `(${part}, '${entry.asset.ticker}', date '${entry.date}', ${values.join(', ')}, '${batchOf(entry)}',
      timestamptz '${entry.date} 23:00:00+00', '${entry.version ?? '1.0.0'}')`;
  });
  const names = own.map(({ name }) => name);
  return `select part, '${source}' as source_id, '${resource}' as resource_id, ticker_id, bar_date, ${names.join(', ')},
    __batch_id, '${source}' as __source_name, __ingested_at, __schema_version
    from (values ${rows.join(', ')})
    as rows (part, ticker_id, bar_date, ${names.join(', ')}, __batch_id, __ingested_at, __schema_version)`;
}

/** Numbers too as text: one with a point is a decimal to DuckDB, and loses its last digit on the way to a double. */
function sqlOf(value: number | string | null | undefined): string {
  return value === null || value === undefined ? 'null' : `'${String(value).replaceAll("'", "''")}'`;
}

function batchOf(entry: Entry): string {
  return entry.batch ?? `batch-${entry.asset.ticker}`;
}

function fileIsThere(entry: Entry): boolean {
  return (entry.event ?? 'published') === 'published' && entry.hasFile !== false;
}

const recordColumns = `source, resource, ticker, date, number, state, event, recorded_at, run, workflow_id, batch_id,
  sha256, contract_version`;

/** All records in one statement, for the same reason. */
function recordsOf(entries: readonly Entry[]): string {
  return `insert into cell_records (${recordColumns}) values ${entries.map(recordOf).join(', ')}`;
}

function recordOf(entry: Entry): string {
  const { source, resource } = splitDataset(entry.asset.dataset);
  const event = entry.event ?? 'published';
  const state = event === 'unchanged' ? 'published' : event;
  const number = entry.number ?? 1;
  const hasContent = state === 'published';
  return `('${source}', '${resource}', '${entry.asset.ticker}', date '${entry.date}', ${number}, '${state}', '${event}',
    timestamptz '${entry.date} 23:30:00+00' + interval (${number}) minute, 'daily/2024-03-01',
    'partition/${entry.date}/${entry.asset.ticker}',
    ${hasContent ? `'${batchOf(entry)}'` : 'null'},
    ${hasContent ? `'sha-${number}'` : 'null'},
    ${hasContent ? `'${entry.version ?? '1.0.0'}'` : 'null'})`;
}

/** Opens a warehouse as an analyst does, asks one question and closes it. */
export async function ask(warehousePath: string, sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(warehousePath, { access_mode: 'READ_ONLY' });
  try {
    const connection = await instance.connect();
    await connection.run("set TimeZone = 'UTC'");
    const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
    connection.closeSync();
    return rows;
  } finally {
    instance.closeSync();
  }
}
