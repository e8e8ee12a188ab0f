import type { CellKey } from '../workflows/pure/cell.ts';
import { readKept, type KeptFile } from './archive/archives.ts';
import { sha256 } from './json.ts';
import { bronzeFile, supersededFile } from './layout.ts';
import { readCellRecords, type CellRecord, type Numbered } from './records.ts';
import type { Store } from './store.ts';

/**
 * Where the file of each publication of a cell lies: the current one in bronze, earlier ones where they were kept, or
 * packed away.
 */

/** One publication of a cell, by its record. */
export type PublicationRecord = Numbered<CellRecord>;

/** A publication's file: its place, whether or not it still lies there, and its bytes. */
export interface PublishedFile extends KeptFile {
  readonly place: string;
}

/** Tells whether a record put a file into bronze. */
export function isPublication({ record }: Numbered<CellRecord>): boolean {
  return record.event === 'published';
}

/** Reads every publication of a cell, oldest first. */
export async function readPublications(store: Store, cell: CellKey): Promise<PublicationRecord[]> {
  return (await readCellRecords(store, cell)).filter(isPublication);
}

/** In this order, since a file moves from the candidates into bronze, and is kept before it is replaced. */
export function placesOf(cell: CellKey, { number, record }: PublicationRecord): string[] {
  const candidate = record.candidate === undefined ? [] : [record.candidate];
  return [supersededFile(cell, number), ...candidate, bronzeFile(cell)];
}

/** Reads the very file that a publication's record names, wherever it lies; undefined where nobody has it. */
export async function readPublishedFile(
  store: Store,
  cell: CellKey,
  publication: PublicationRecord,
): Promise<PublishedFile | undefined> {
  for (const place of placesOf(cell, publication).reverse()) {
    const kept = await readKept(store, place);
    if (kept && sha256(kept.bytes) === publication.record.sha256) return { place, ...kept };
  }
  return undefined;
}

/**
 * Tells whether a publication's file ever lay in bronze. A writer that died may have promised one that was
 * never moved: then a later record replaced an earlier file than this one's, or found it still in place.
 */
export function wasCarriedOut(
  { number, record }: PublicationRecord,
  history: readonly PublicationRecord[],
): boolean {
  const earlier = history.filter((other) => other.number < number);
  const later = history.filter((other) => other.number > number);
  if (later.some((other) => other.record.supersedes?.number === number)) return true;
  return !later.some(
    (other) =>
      (other.record.supersedes?.number ?? number) < number ||
      (other.record.sha256 !== record.sha256 &&
        earlier.some((before) => before.record.sha256 === other.record.sha256)),
  );
}
