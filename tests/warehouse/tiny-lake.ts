import { DuckDBInstance } from '@duckdb/node-api';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cellSegments } from '../../lake/layout.ts';
import { addDays, datesBetween, splitDataset } from '../../workflows/pure/cell.ts';
import type { AssetRow, DatasetOfBuild, DayRow, WarehouseInputs } from '../../warehouse/build.ts';

/** The repository's own SQL files. */
export const sqlFolder = join(import.meta.dirname, '../../sql');

const lineage = [
  { name: 'source_id', physicalType: 'varchar' },
  { name: 'resource_id', physicalType: 'varchar' },
  { name: 'ticker_id', physicalType: 'varchar' },
  { name: 'bar_date', physicalType: 'date' },
  { name: '__batch_id', physicalType: 'varchar' },
  { name: '__source_name', physicalType: 'varchar' },
  { name: '__ingested_at', physicalType: 'timestamptz' },
  { name: '__schema_version', physicalType: 'varchar' },
];

const doubles = (...names: string[]): { name: string; physicalType: string }[] =>
  names.map((name) => ({ name, physicalType: 'double' }));

/** The three datasets of the house. */
export const datasets: readonly DatasetOfBuild[] = [
  { id: 'coingecko.market_chart', columns: [...lineage, ...doubles('close', 'market_cap', 'volume')] },
  {
    id: 'massive.daily_bars',
    columns: [
      ...lineage,
      ...doubles('open', 'high', 'low', 'close', 'volume', 'vwap'),
      { name: 'trade_count', physicalType: 'bigint' },
    ],
  },
  { id: 'csv.daily_closes', columns: [...lineage, ...doubles('close', 'open', 'high', 'low', 'volume')] },
];

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
  readonly measures?: Readonly<Record<string, number | null>>;
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

  private constructor(readonly folder: string) {}

  static async make(): Promise<TinyLake> {
    return new TinyLake(await mkdtemp(join(tmpdir(), 'warehouse-')));
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
    for (const statement of indexTables) await connection.run(statement);
    for (const entry of this.#entries) {
      await connection.run(recordOf(entry));
      if (fileIsThere(entry)) await connection.run(await this.#fileOf(entry));
    }
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
      datasets,
      assets: [],
      days: [],
      market: 'sample',
      builtBy: 'daily/2024-03-01',
      now: new Date('2024-03-02T01:00:00Z'),
      ...more,
    };
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  async #fileOf(entry: Entry): Promise<string> {
    const { source, resource } = splitDataset(entry.asset.dataset);
    const key = { dataset: entry.asset.dataset, ticker: entry.asset.ticker, date: entry.date };
    const folder = join(this.folder, 'bronze', cellSegments(key));
    await mkdir(folder, { recursive: true });
    const own =
      datasets.find((dataset) => dataset.id === entry.asset.dataset)?.columns.slice(lineage.length) ?? [];
    const measures: Record<string, number | null> = { close: entry.close ?? null, ...entry.measures };
    const columns = own.map(
      ({ name, physicalType }) => `${measures[name] ?? 'null'}::${physicalType} as ${name}`,
    );
    return `copy (select '${source}' as source_id, '${resource}' as resource_id, '${entry.asset.ticker}' as ticker_id,
      date '${entry.date}' as bar_date, ${columns.join(', ')}, '${batchOf(entry)}' as __batch_id, '${source}' as __source_name,
      timestamptz '${entry.date} 23:00:00+00' as __ingested_at, '${entry.version ?? '1.0.0'}' as __schema_version)
      to '${folder}/data.parquet' (format parquet)`;
  }
}

function batchOf(entry: Entry): string {
  return entry.batch ?? `batch-${entry.asset.ticker}`;
}

function fileIsThere(entry: Entry): boolean {
  return (entry.event ?? 'published') === 'published' && entry.hasFile !== false;
}

function recordOf(entry: Entry): string {
  const { source, resource } = splitDataset(entry.asset.dataset);
  const event = entry.event ?? 'published';
  const state = event === 'unchanged' ? 'published' : event;
  const number = entry.number ?? 1;
  const hasContent = state === 'published';
  return `insert into cell_records by name select '${source}' as source, '${resource}' as resource,
    '${entry.asset.ticker}' as ticker, date '${entry.date}' as date, ${number} as number, '${state}' as state, '${event}' as event,
    timestamptz '${entry.date} 23:30:00+00' + interval (${number}) minute as recorded_at, 'daily/2024-03-01' as run,
    'partition/${entry.date}/${entry.asset.ticker}' as workflow_id,
    ${hasContent ? `'${batchOf(entry)}'` : 'null'} as batch_id,
    ${hasContent ? `'sha-${number}'` : 'null'} as sha256,
    ${hasContent ? `'${entry.version ?? '1.0.0'}'` : 'null'} as contract_version`;
}

const newest = 'row_number() over (partition by source, resource, ticker, date order by number desc) = 1';

const indexTables = [
  `create table cell_records (source varchar, resource varchar, ticker varchar, date date, number integer, state varchar,
    event varchar, recorded_at timestamptz, run varchar, workflow_id varchar, workflow_run_id varchar, batch_id varchar,
    sha256 varchar, size_bytes bigint, row_count integer, contract_version varchar, code varchar, reason varchar,
    until timestamptz, path varchar, body json)`,
  `create view cells as select source, resource, ticker, date, state, number, recorded_at, run, batch_id, sha256,
    contract_version, code, reason, until from cell_records qualify ${newest}`,
  `create view publications as select source, resource, ticker, date, number, recorded_at, run, workflow_id, batch_id,
    sha256, size_bytes, row_count, contract_version from cell_records where event = 'published' qualify ${newest}`,
  `create table run_records (run varchar, number integer, event varchar, recorded_at timestamptz, workflow_run_id varchar,
    outcome varchar, body json)`,
  `create table audits (source varchar, resource varchar, ticker varchar, date date, attempt_id varchar,
    audited_at timestamptz, run varchar, batch_id varchar, contract_version varchar, outcome varchar, rule_count integer,
    checks json, candidate_sha256 varchar, path varchar)`,
];

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
