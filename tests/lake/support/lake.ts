import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { LocalStore } from '../../../lake/local-store.ts';
import { readCellRecords, type CellRecord } from '../../../lake/records.ts';
import type { Store } from '../../../lake/store.ts';
import type { CellKey } from '../../../workflows/pure/cell.ts';

export * from './acts.ts';

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
