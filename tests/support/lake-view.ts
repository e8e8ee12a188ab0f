import { DuckDBInstance } from '@duckdb/node-api';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ConnectedLake } from '../../client/command/lake-client.ts';
import { readCellRecords, type CellRecord } from '../../lake/records.ts';
import type { LocalStore } from '../../lake/local-store.ts';
import type { CellKey, CellState } from '../../workflows/pure/cell.ts';

/** A dataset's cell, in short. */
export function massiveCell(ticker: string, date: string): CellKey {
  return { dataset: 'massive.daily_bars', ticker, date };
}

/** Bitcoin's cell of one day. */
export function bitcoinCell(date: string): CellKey {
  return { dataset: 'coingecko.market_chart', ticker: 'BTC', date };
}

/** One cell as the index shows it. */
export interface SeenCell {
  readonly ticker: string;
  readonly date: string;
  readonly state: CellState;
  readonly code: string | null;
  readonly reason: string | null;
  readonly run: string;
}

/** Every cell that the index knows, by ticker and date. */
export async function seenCells(lake: ConnectedLake): Promise<SeenCell[]> {
  const rows = await lake.index.rows(
    'select ticker, date::varchar as date, state, code, reason, run from cells order by ticker, date',
  );
  // The view's own columns.
  return rows as unknown as SeenCell[];
}

/** How many cells are in each state. */
export async function countStates(lake: ConnectedLake): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { state } of await seenCells(lake)) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** What happened to a cell, oldest first. */
export async function eventsOf(lake: ConnectedLake, cell: CellKey): Promise<CellRecord['event'][]> {
  return (await readCellRecords(lake.store, cell)).map(({ record }) => record.event);
}

/** A cell's newest record. */
export async function newestRecord(lake: ConnectedLake, cell: CellKey): Promise<CellRecord | undefined> {
  return (await readCellRecords(lake.store, cell)).at(-1)?.record;
}

/** The sha256 of every file below a folder of the lake. */
export async function hashesBelow(store: LocalStore, folder: string): Promise<Map<string, string>> {
  const keys = (await store.list(folder)).sort();
  const hashes = keys.map(async (key) => {
    const bytes = await readFile(store.pathOf(key));
    return [key, createHash('sha256').update(bytes).digest('hex')] as const;
  });
  return new Map(await Promise.all(hashes));
}

/** The closes that the warehouse shows for one ticker, by date, as an analyst sees them. */
export async function warehouseCloses(lake: ConnectedLake, ticker: string): Promise<Map<string, number>> {
  const rows = await askWarehouse(
    lake,
    `select price_date::varchar as date, close from marts.fct_daily_prices
     where price_status = 'OBSERVED' and ticker = '${ticker}' order by price_date`,
  );
  return new Map(rows.map((row) => [String(row['date']), Number(row['close'])]));
}

/** Asks the lake's warehouse one SELECT. */
export async function askWarehouse(lake: ConnectedLake, sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(lake.store.pathOf('warehouse.duckdb'), {
    access_mode: 'READ_ONLY',
  });
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
