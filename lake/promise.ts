import type { CellKey } from '../workflows/pure/cell.ts';
import { sha256 } from './json.ts';
import { bronzeFile } from './layout.ts';
import { readCellRecords, type CellRecord, type Numbered } from './records.ts';
import type { Store } from './store.ts';

/** A record of a publication is a promise: what it names comes to lie in bronze, whoever dies in between. */

/** The newest record that put a file into bronze; undefined where the cell was never published. */
export async function currentPublication(
  store: Store,
  cell: CellKey,
): Promise<Numbered<CellRecord> | undefined> {
  return (await readCellRecords(store, cell)).findLast(({ record }) => record.event === 'published');
}

/**
 * Moves what a record promised into bronze, keeping what it replaces.
 * @returns false where neither bronze nor the candidate's place has the promised content: write it again.
 */
export async function fulfil(
  store: Store,
  cell: CellKey,
  promise: { readonly record: Pick<CellRecord, 'sha256' | 'candidate' | 'supersedes'> },
): Promise<boolean> {
  const place = bronzeFile(cell);
  if ((await hashOf(store, place)) === promise.record.sha256) {
    await store.settle(place);
    return true;
  }
  const candidate = promise.record.candidate;
  if (!candidate || (await hashOf(store, candidate)) !== promise.record.sha256) return false;
  if (promise.record.supersedes) await store.keep(place, promise.record.supersedes.keptAt);
  await store.promote(candidate, place);
  return (await hashOf(store, place)) === promise.record.sha256;
}

/** Fulfils the newest publication where that is still possible; answers the promise that stays open. */
export async function openPromise(
  store: Store,
  cell: CellKey,
  records: readonly Numbered<CellRecord>[],
): Promise<Numbered<CellRecord> | undefined> {
  const newest = records.findLast(({ record }) => record.event === 'published');
  if (!newest || (await fulfil(store, cell, newest))) return undefined;
  return newest;
}

/** The sha256 of a file's content; undefined where it is not there. */
export async function hashOf(store: Store, key: string): Promise<string | undefined> {
  const bytes = await store.get(key);
  return bytes && sha256(bytes);
}
