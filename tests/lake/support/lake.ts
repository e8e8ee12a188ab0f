import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { LocalStore } from '../../../lake/local-store.ts';
import { encodeParquet } from '../../../lake/parquet.ts';
import { publishCandidate, writeCandidate, type Publication } from '../../../lake/publish.ts';
import { readCellRecords, type CellRecord } from '../../../lake/records.ts';
import type { Store } from '../../../lake/store.ts';
import type { CellKey } from '../../../workflows/pure/cell.ts';

/** Makes folders for the tests of one file and removes them at its end. */
export function temporaryFolders(): () => string {
  const made: string[] = [];
  afterAll(() => {
    for (const folder of made) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'lake-laws-'));
    made.push(folder);
    return folder;
  };
}

/** Opens a lake in a folder of its own, as a process that has just started would. */
export function openStore(root: string): LocalStore {
  return new LocalStore(root);
}

/** A cell of one stock. */
export function stockCell(ticker: string, date = '2026-01-05'): CellKey {
  return { dataset: 'massive.daily_bars', ticker, date };
}

/** What a publication says beyond its content. */
export const facts = { recordedAt: '2026-01-06T07:00:00.000Z', run: 'daily/2026-01-05' };

/** A real Parquet file of one row, whose bytes differ by cell and close. */
export function cellFile(cell: CellKey, close: number): Uint8Array {
  const columns = [
    { name: 'ticker_id', type: 'string', nullable: true },
    { name: 'bar_date', type: 'date', nullable: true },
    { name: 'close', type: 'number', nullable: true },
  ] as const;
  return encodeParquet(columns, [{ ticker_id: cell.ticker, bar_date: cell.date, close }], { close });
}

/** Writes and publishes one attempt's file, as the two activities do. */
export async function publishFile(store: Store, cell: CellKey, attempt: string, bytes: Uint8Array): Promise<Publication> {
  return publishCandidate(store, cell, await writeCandidate(store, cell, attempt, bytes, 1), facts);
}

/** What happened to a cell, oldest first. */
export async function eventsOf(store: Store, cell: CellKey): Promise<CellRecord['event'][]> {
  return (await readCellRecords(store, cell)).map(({ record }) => record.event);
}

/** Every file of a lake with its hash, without the derived index. */
export async function treeOf(store: LocalStore): Promise<Record<string, string>> {
  const keys = (await store.list('.')).filter((key) => !key.startsWith('index.duckdb')).sort();
  const hashes = keys.map(async (key) => {
    const bytes = await readFile(store.pathOf(key));
    return [key, createHash('sha256').update(bytes).digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(hashes));
}

/** The hash of bytes, as records name it. */
export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
