import type { DuckDBConnection } from '@duckdb/node-api';
import { withLocalFile } from '../lake/archive/local-copy.ts';
import { cellsWithRecords, type CellFilter } from '../lake/cells-with-records.ts';
import { openFileReader } from '../lake/file-reader.ts';
import { LakeError } from '../lake/lake-error.ts';
import { bronzeFile, cellSegments, supersededFile } from '../lake/layout.ts';
import { readPublications, readPublishedFile, type PublicationRecord } from '../lake/publication-files.ts';
import type { LocalStore } from '../lake/local-store.ts';
import { hashOf } from '../lake/promise.ts';
import type { CellKey } from '../workflows/pure/cell.ts';
import { inChunks, inParallel } from './in-parallel.ts';
import type { ProofLake } from './proof-lake.ts';
import { rebuildPublication, type DifferenceCause, type RebuiltPublication } from './rebuild-publication.ts';
import { holdSameRows } from './same-rows.ts';

/** One publication whose file is not what its record says, once it is made again. */
export interface BronzeDifference extends CellKey {
  /** The publication's record; 0 where the records cannot be read. */
  readonly number: number;
  readonly cause: DifferenceCause;
  readonly found: string;
  /** The file that was made all the same, below the folder; null where none could be made. */
  readonly file: string | null;
}

/** What a rebuild did. */
export interface RebuildReport {
  readonly publications: number;
  /** Made now, with the bytes of their records. */
  readonly sameBytes: number;
  /** Made now by another writer than the recorded one, with the same rows. */
  readonly sameRows: number;
  /** Made by an earlier rebuild into the same folder, with the bytes of their records. */
  readonly alreadyThere: number;
  readonly differences: readonly BronzeDifference[];
}

/** What is to be rebuilt. */
export interface RebuildOptions extends CellFilter {
  /** True: every earlier publication too, under `superseded/`. */
  readonly withSuperseded?: boolean;
  readonly onProgress?: (done: number) => void;
}

/**
 * So many publications are known at a time and done in the order of their batches: a whole market's day is read
 * once for all its cells, and the memory does not grow with the lake.
 */
const publicationsAtOnce = 50_000;
const filesAtOnce = 8;

interface Wanted {
  readonly cell: CellKey;
  readonly publication: PublicationRecord;
  /** Where it is to lie below the folder. */
  readonly file: string;
}

/**
 * Makes every published file again from staging, records and kept contracts, into a folder that is no part of
 * the lake. Nothing is written into the lake and nobody is asked. What an earlier rebuild left is taken over.
 */
export async function rebuildBronze(
  lake: ProofLake,
  target: LocalStore,
  options: RebuildOptions = {},
): Promise<RebuildReport> {
  const counts = { publications: 0, sameBytes: 0, sameRows: 0, alreadyThere: 0 };
  const differences: BronzeDifference[] = [];
  const instance = await openFileReader();
  const connection = await instance.connect();
  try {
    const unreadable = (cell: CellKey, found: string): void =>
      void differences.push({ ...cell, number: 0, cause: 'record-altered', found, file: null });
    for await (const chunk of inChunks(wantedOf(lake, options, unreadable), publicationsAtOnce)) {
      await inParallel(chunk.sort(byBatch), filesAtOnce, async (wanted) => {
        const end = await rebuildOne(lake, target, connection, wanted);
        if (typeof end === 'string') counts[end] += 1;
        else differences.push(end);
        counts.publications += 1;
        options.onProgress?.(counts.publications);
      });
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  return { ...counts, differences: differences.sort(byCell) };
}

async function* wantedOf(
  lake: ProofLake,
  options: RebuildOptions,
  unreadable: (cell: CellKey, found: string) => void,
): AsyncGenerator<Wanted> {
  for await (const cell of cellsWithRecords(lake.store, options)) {
    const publications = await readPublications(lake.store, cell).catch((error: unknown) => {
      if (!(error instanceof LakeError) || error.code !== 'LakeDamaged') throw error;
      unreadable(cell, error.message);
      return [];
    });
    const current = publications.pop();
    if (current) yield { cell, publication: current, file: bronzeFile(cell) };
    if (!options.withSuperseded) continue;
    for (const publication of publications)
      yield { cell, publication, file: supersededFile(cell, publication.number) };
  }
}

async function rebuildOne(
  lake: ProofLake,
  target: LocalStore,
  connection: DuckDBConnection,
  wanted: Wanted,
): Promise<'sameBytes' | 'sameRows' | 'alreadyThere' | BronzeDifference> {
  const { cell, publication, file } = wanted;
  if ((await hashOf(target, file)) === publication.record.sha256) return 'alreadyThere';
  const rebuilt = await rebuildPublication(lake, cell, publication);
  const difference = { ...cell, number: publication.number };
  if (rebuilt.outcome === 'not-rebuilt')
    return { ...difference, cause: rebuilt.cause, found: rebuilt.found, file: null };
  await target.put(file, rebuilt.encoded.bytes);
  if (rebuilt.isSameBytes) return 'sameBytes';
  const other = await whyOther(lake, target, connection, wanted, rebuilt);
  return other === null ? 'sameRows' : { ...difference, ...other, file };
}

/** Says why the bytes are others; null where only the writer is, and the rows are the same. */
async function whyOther(
  lake: ProofLake,
  target: LocalStore,
  connection: DuckDBConnection,
  { cell, publication, file }: Wanted,
  rebuilt: RebuiltPublication,
): Promise<Pick<BronzeDifference, 'cause' | 'found'> | null> {
  const { sha256, writer = 'unknown' } = publication.record;
  if (rebuilt.isOtherContent)
    return {
      cause: 'reader-differs',
      found: 'the reader finds other rows in the raw answer than it did then',
    };
  const bytes = `sha256 ${rebuilt.sha256} and not ${sha256 ?? 'any'}`;
  if (rebuilt.isSameWriter) return { cause: 'bytes-differ', found: bytes };
  const published = await readPublishedFile(lake.store, cell, publication);
  if (!published)
    return { cause: 'writer-differs', found: `${bytes}; it was written by ${writer}, and that file is gone` };
  const isSame = await withLocalFile(lake.store, published, (path) =>
    holdSameRows(connection, path, target.pathOf(file)),
  );
  return isSame ? null : { cause: 'rows-differ', found: `other rows than ${published.place}, by ${writer}` };
}

function byBatch(left: Wanted, right: Wanted): number {
  return compare(batchKey(left), batchKey(right));
}

function batchKey({ publication }: Wanted): string {
  return publication.record.batch?.id ?? '';
}

function byCell(left: BronzeDifference, right: BronzeDifference): number {
  return compare(cellSegments(left), cellSegments(right)) || left.number - right.number;
}

/** By code units: the order must not depend on where the command runs. */
function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
