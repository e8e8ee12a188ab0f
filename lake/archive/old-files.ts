import { dirname } from 'node:path/posix';
import { readManifest, type Manifest } from '../batches.ts';
import { keysIn } from '../cells-with-records.ts';
import { sha256 } from '../json.ts';
import { LakeError } from '../lake-error.ts';
import { archiveGroupOf, cellOfPath, stagingFolder, supersededFile, type ArchiveGroup } from '../layout.ts';
import { readCellRecords } from '../records.ts';
import type { Store } from '../store.ts';
import type { ArchiveMember } from './manifest.ts';

/** Files that lie in their places and are old enough to be packed together. */
export interface OldFiles {
  readonly group: ArchiveGroup;
  readonly files: readonly ArchiveMember[];
}

/** Something old that is not packed, and why. */
export interface LeftFile {
  readonly path: string;
  readonly reason: string;
}

const dayMs = 86_400_000;

/** The first month, `YYYY-MM`, that is not old yet: every day of those before it lies more than so many days back. */
export function firstYoungMonth(now: Date, olderThanDays: number): string {
  return new Date(now.getTime() - olderThanDays * dayMs).toISOString().slice(0, 7);
}

/**
 * Finds every file that is old and is what its manifest or record says: raw answers by the day on which they came,
 * replaced files by the day on which they were replaced. Months are taken whole, so that each becomes one archive.
 * What is altered is left where it lies, for whoever is to look at it. A killed run may have left folders of batches
 * without files.
 */
export async function oldFiles(
  store: Store,
  youngMonth: string,
  left: (file: LeftFile) => void,
): Promise<{ readonly groups: OldFiles[]; readonly emptyFolders: readonly string[] }> {
  const groups = new Map<string, { group: ArchiveGroup; files: ArchiveMember[] }>();
  const take = (file: ArchiveMember): void => {
    const group = archiveGroupOf(file.path);
    if (!group) return left({ path: file.path, reason: 'its path names no month' });
    const name = `${group.kind} ${group.source} ${group.month}`;
    const known = groups.get(name) ?? { group, files: [] };
    groups.set(name, known);
    known.files.push(file);
  };
  const emptyFolders = await oldStaging(store, youngMonth, take, left);
  await oldSuperseded(store, youngMonth, take, left);
  const named = [...groups].sort(([one], [other]) => (one < other ? -1 : 1));
  return { groups: named.map(([, group]) => group), emptyFolders };
}

async function oldStaging(
  store: Store,
  youngMonth: string,
  take: (file: ArchiveMember) => void,
  left: (file: LeftFile) => void,
): Promise<string[]> {
  const emptyFolders: string[] = [];
  for (const { folder: sourceFolder, value: source } of await keysIn(store, 'staging', 'source')) {
    for (const { folder: dayFolder, value: day } of await keysIn(store, sourceFolder, 'ingestion_date')) {
      if (day.slice(0, 7) >= youngMonth) continue;
      for (const { value: id } of await keysIn(store, dayFolder, 'batch_id')) {
        const folder = stagingFolder(source, day, id);
        const manifest = await orLeft(
          readManifest(store, source, { id, ingestionDate: day }),
          `${folder}/manifest.json`,
          left,
        );
        if (manifest === null) continue;
        const names = await store.namesIn(folder);
        if (names.length === 0) emptyFolders.push(folder);
        for (const name of names)
          await takeIfRight(store, `${folder}/${name}`, hashOfPart(manifest, name), take, left);
      }
    }
  }
  return emptyFolders;
}

/**
 * The hash that a batch's file must have; null for the manifest, which has its own checksum, undefined for a
 * stranger.
 */
function hashOfPart(manifest: Manifest | undefined, name: string): string | null | undefined {
  if (name === 'manifest.json') return null;
  return manifest?.pages.find(({ file }) => file === name)?.sha256;
}

async function oldSuperseded(
  store: Store,
  youngMonth: string,
  take: (file: ArchiveMember) => void,
  left: (file: LeftFile) => void,
): Promise<void> {
  const folders = new Set((await store.list('superseded')).map((key) => dirname(key)));
  for (const folder of [...folders].sort()) {
    const cell = cellOfPath(folder);
    const records = cell && (await orLeft(readCellRecords(store, cell), folder, left));
    if (!cell || records === null || records === undefined) continue;
    const known = new Map(records.map(({ number, record }) => [supersededFile(cell, number), record]));
    const replacedAt = new Map(
      records.flatMap(({ record: { supersedes, recordedAt } }) =>
        supersedes ? [[supersededFile(cell, supersedes.number), recordedAt] as const] : [],
      ),
    );
    for (const name of await store.namesIn(folder)) {
      const path = `${folder}/${name}`;
      const month = replacedAt.get(path)?.slice(0, 7);
      // What nothing replaced is no history of a cell's: verify says so.
      if (month === undefined || month >= youngMonth) continue;
      await takeIfRight(store, path, known.get(path)?.sha256, take, left);
    }
  }
}

async function takeIfRight(
  store: Store,
  path: string,
  expected: string | null | undefined,
  take: (file: ArchiveMember) => void,
  left: (file: LeftFile) => void,
): Promise<void> {
  const bytes = await store.get(path);
  if (!bytes) return;
  const hash = sha256(bytes);
  if (expected === undefined) left({ path, reason: 'nothing names it' });
  else if (expected !== null && hash !== expected) left({ path, reason: 'its sha256 is another' });
  else take({ path, sha256: hash, sizeBytes: bytes.byteLength });
}

async function orLeft<T>(
  reading: Promise<T>,
  path: string,
  left: (file: LeftFile) => void,
): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof LakeError) || error.code !== 'LakeDamaged') throw error;
    left({ path, reason: error.message });
    return null;
  }
}
