import { DuckDBInstance } from '@duckdb/node-api';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Contract } from '../contracts/contract.ts';
import { loadContracts } from '../contracts/load.ts';
import { indexSchema } from '../lake/index-schema.ts';
import { bronzeFile } from '../lake/layout.ts';
import { encodeParquet } from '../lake/parquet.ts';
import { projectFolder } from '../settings.ts';
import type { DayRow, WarehouseInputs } from '../warehouse/build.ts';
import { datasetOfBuild } from '../warehouse/dataset-of-build.ts';
import { addDays, datesBetween } from '../workflows/pure/cell.ts';

/** How big a made lake is; every asset trades every day. */
export interface MadeLakeSize {
  readonly tickers: number;
  readonly days: number;
  /** True: the rows lie in a few large files, not one file a cell. */
  readonly isCompacted: boolean;
}

const dataset = 'coingecko.market_chart';
const lastDate = '2026-11-19';
const fetchedAt = '2026-11-20T06:00:00Z';
const filesAtOnce = 100;

/**
 * Makes a lake of synthetic prices for the bench: the index as records would give it, and bronze as it lies, one
 * file a cell. Each close is its own, and each day's volatility is about three percent.
 */
export async function makeLake(folder: string, size: MadeLakeSize): Promise<WarehouseInputs> {
  const contracts = [...loadContracts(join(projectFolder, 'contracts')).values()];
  const contract = contracts.find((one) => one.dataset === dataset);
  if (!contract) throw new Error(`contracts/ has none for ${dataset}`);
  const tickers = Array.from({ length: size.tickers }, (_, index) =>
    index === 0 ? 'BTC' : `C${String(index).padStart(3, '0')}`,
  );
  const dates = datesOf(size.days);
  await mkdir(folder, { recursive: true });
  await writeIndex(join(folder, 'index.duckdb'), tickers, dates, contract.version);
  const compactedFile = join(folder, 'compacted.parquet');
  if (size.isCompacted) await writeCompacted(compactedFile, tickers, dates, contract);
  else await writeBronze(folder, tickers, dates, contract);
  return {
    warehousePath: join(folder, 'warehouse.duckdb'),
    sqlFolder: join(projectFolder, 'sql'),
    indexPath: join(folder, 'index.duckdb'),
    bronzeFolder: join(folder, 'bronze'),
    datasets: contracts.map((one) => ({
      ...datasetOfBuild(one),
      ...(size.isCompacted && one.dataset === dataset
        ? { compactedFiles: [{ path: compactedFile, contractVersion: one.version }] }
        : {}),
    })),
    assets: tickers.map((ticker) => ({
      ticker,
      class: 'crypto',
      calendar: 'every-day',
      dataset,
      symbol: ticker.toLowerCase(),
      currency: 'USD',
    })),
    days: openDays(tickers, dates),
    market: 'sample',
    builtBy: 'bench',
    now: new Date(fetchedAt),
  };
}

/** The last days of a made lake, oldest first. */
export function datesOf(days: number): string[] {
  return datesBetween(addDays(lastDate, 1 - days), lastDate);
}

/** Every day of every asset, open; made while they are gone through. */
export function openDays(tickers: readonly string[], dates: readonly string[]): Iterable<DayRow> {
  return {
    *[Symbol.iterator]() {
      for (const ticker of tickers)
        for (const date of dates) yield { ticker, date, is_open: true, note: null };
    },
  };
}

/** What publishing these cells would have left in the index; there are no audits. */
async function writeIndex(
  path: string,
  tickers: readonly string[],
  dates: readonly string[],
  contractVersion: string,
): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run("set TimeZone = 'UTC'");
  await connection.run(indexSchema);
  await connection.run(`insert into cell_records by name
    select 'coingecko' as source, 'market_chart' as resource, ticker, cast(day as date) as date, 1 as number,
      'published' as event, 'published' as state, timestamptz '${fetchedAt}' as recorded_at, 'bench' as run,
      concat('partition/', cast(day as date), '/', ticker) as workflow_id, concat('b-', ticker) as batch_id,
      '2026-11-20' as ingestion_date, concat(md5(concat(ticker, day)), md5(concat(day, ticker))) as sha256,
      3000 as size_bytes, 1 as row_count, '${contractVersion}' as contract_version, '' as path
    from unnest([${tickers.map((ticker) => `'${ticker}'`).join(', ')}]) as t (ticker),
      range(date '${dates[0]}', date '${dates.at(-1)}' + 1, interval 1 day) as d (day)`);
  connection.closeSync();
  instance.closeSync();
}

/** The rows of all cells in one file, by DuckDB: row by row would take minutes. */
async function writeCompacted(
  path: string,
  tickers: readonly string[],
  dates: readonly string[],
  contract: Contract,
): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run("set TimeZone = 'UTC'");
  await connection.run(`copy (
    with days as (
      select list_position([${tickers.map((ticker) => `'${ticker}'`).join(', ')}], ticker) as place, ticker, cast(day as date) as date
      from unnest([${tickers.map((ticker) => `'${ticker}'`).join(', ')}]) as t (ticker),
        range(date '${dates[0]}', date '${dates.at(-1)}' + 1, interval 1 day) as d (day)
    ), closes as (
      select ticker, date, place * 100.0 * exp(sum(0.06 * (hash(ticker, date) % 1000 / 1000.0 - 0.5))
        over (partition by ticker order by date)) as close from days
    )
    select 'coingecko' as source, 'market_chart' as resource, ticker, date,
      'coingecko' as source_id, 'market_chart' as resource_id, ticker as ticker_id, date as bar_date, close,
      close * 1e6 as market_cap, close * 1e3 as volume, concat('b-', ticker) as __batch_id, 'coingecko' as __source_name,
      timestamptz '${fetchedAt}' as __ingested_at, '${contract.version}' as __schema_version,
      concat(md5(concat(ticker, date::timestamp)), md5(concat(date::timestamp, ticker))) as __part_sha256, 1 as __part_number
    from closes order by ticker, date) to '${path}' (format parquet)`);
  connection.closeSync();
  instance.closeSync();
}

async function writeBronze(
  folder: string,
  tickers: readonly string[],
  dates: readonly string[],
  contract: Contract,
): Promise<void> {
  const columns = contract.columns.map(({ name, logicalType }) => ({
    name,
    type: logicalType,
    nullable: true,
  }));
  for (const [place, ticker] of tickers.entries()) {
    let close = 100 * (place + 1);
    const files = dates.map((date, day) => {
      close *= 1 + 0.03 * noise(place * 100_003 + day);
      const row = rowOf(ticker, date, close, contract.version);
      return [
        bronzeFile({ dataset, ticker, date }),
        encodeParquet(columns, [row], { ticker, date }),
      ] as const;
    });
    for (let start = 0; start < files.length; start += filesAtOnce) {
      await Promise.all(
        files.slice(start, start + filesAtOnce).map(async ([key, bytes]) => {
          await mkdir(join(folder, key, '..'), { recursive: true });
          await writeFile(join(folder, key), bytes);
        }),
      );
    }
  }
}

function rowOf(
  ticker: string,
  date: string,
  close: number,
  version: string,
): Record<string, string | number> {
  return {
    source_id: 'coingecko',
    resource_id: 'market_chart',
    ticker_id: ticker,
    bar_date: date,
    close,
    market_cap: close * 1e6,
    volume: close * 1e3,
    __batch_id: `b-${ticker}`,
    __source_name: 'coingecko',
    __ingested_at: fetchedAt,
    __schema_version: version,
  };
}

/** A number between -1 and 1 that depends on its argument alone. */
function noise(seed: number): number {
  const wave = Math.sin(seed * 12.9898) * 43_758.5453;
  return 2 * (wave - Math.floor(wave)) - 1;
}
