import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readKept } from '../../lake/archive/archives.ts';
import { boundedMap } from '../../lake/bounded-map.ts';
import { sha256 } from '../../lake/json.ts';
import { bronzeFile, cellSegments, supersededFile } from '../../lake/layout.ts';
import { LakeError } from '../../lake/lake-error.ts';
import type { LakeIndex } from '../../lake/lake-index.ts';
import type { LocalStore } from '../../lake/local-store.ts';
import {
  placesOf,
  readPublications,
  wasCarriedOut,
  type PublicationRecord,
} from '../../lake/publication-files.ts';
import { giveSecondName } from '../../lake/second-name.ts';
import { datasetId, type CellKey } from '../../workflows/pure/cell.ts';

const filesAtOnce = 16;

const publicationRow = z.object({
  source: z.string(),
  resource: z.string(),
  ticker: z.string(),
  date: z.string(),
  number: z.coerce.number(),
  sha256: z.string(),
});

/** A cell and what the index calls its current publication. */
interface Wanted {
  readonly cell: CellKey;
  readonly number: number;
  readonly sha256: string;
}

/**
 * Lays out, as bronze is laid out, the very files that an index calls published: from bronze, from where a
 * restatement kept them, or from an archive. Each is held against the hash in its record.
 * @throws LakeError `LakeDamaged` naming the file that is gone or another.
 */
export async function layOutKnownFiles(
  store: LocalStore,
  index: LakeIndex,
  bronzeFolder: string,
): Promise<void> {
  await mkdir(bronzeFolder, { recursive: true });
  await boundedMap(await publications(index), filesAtOnce, (each) =>
    layOutFile(store, each, join(bronzeFolder, cellSegments(each.cell), 'data.parquet')),
  );
}

async function publications(index: LakeIndex): Promise<Wanted[]> {
  const rows = await index.rows(
    'select source, resource, ticker, date::varchar as date, number, sha256 from publications order by all',
  );
  return z
    .array(publicationRow)
    .parse(rows)
    .map(({ source, resource, ticker, date, ...rest }) => ({
      cell: { dataset: datasetId(source, resource), ticker, date },
      ...rest,
    }));
}

async function layOutFile(store: LocalStore, wanted: Wanted, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  if (await take(store, bronzeFile(wanted.cell), wanted.sha256, target)) return;
  const history = await readPublications(store, wanted.cell);
  const known = history.filter(({ number }) => number <= wanted.number).reverse();
  for (const publication of known) {
    for (const place of placesOf(wanted.cell, publication)) {
      if (await take(store, place, publication.record.sha256, target)) return;
    }
    if (wasCarriedOut(publication, history)) throw gone(store, wanted.cell, publication, history);
  }
  throw gone(store, wanted.cell, known[0] ?? wanted, history);
}

/** Lays out a file, from its place or an archive, where it is the one that a hash names. */
async function take(
  store: LocalStore,
  place: string,
  hash: string | undefined,
  target: string,
): Promise<boolean> {
  let found = await giveSecondName(store, place, target);
  if (found === undefined) {
    const kept = await readKept(store, place);
    if (!kept) return false;
    await writeFile(target, kept.bytes);
    found = sha256(kept.bytes);
  }
  if (found === hash) return true;
  await rm(target);
  return false;
}

function gone(
  store: LocalStore,
  cell: CellKey,
  { number }: { readonly number: number },
  history: readonly PublicationRecord[],
): LakeError {
  const isReplaced = history.some((other) => other.number > number);
  const place = isReplaced ? supersededFile(cell, number) : bronzeFile(cell);
  const next = isReplaced
    ? 'Restore it from a backup'
    : 'Restore it from a backup, or start the worker, which writes it again from its batch';
  return new LakeError(
    'LakeDamaged',
    `Could not show the lake as it was: ${store.pathOf(place)} is gone or not the file that record ${number} of ${cell.ticker} ${cell.date} names. ${next}.`,
  );
}
