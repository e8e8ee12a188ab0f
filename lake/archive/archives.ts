import { keysIn } from '../cells-with-records.ts';
import { LakeError } from '../lake-error.ts';
import {
  archivedKinds,
  archiveFolder,
  archiveGroupOf,
  archiveManifestFile,
  archiveOfFile,
  type ArchiveGroup,
} from '../layout.ts';
import type { Store } from '../store.ts';
import { parseArchiveManifest, type ArchiveManifest } from './manifest.ts';
import { membersOfZip, readZipMember } from './read-zip.ts';

/** An archive by its place. */
export interface Archive {
  readonly file: string;
  readonly group: ArchiveGroup;
  readonly generation: number;
}

/** A file's bytes, and the archive that they come from; null where it still lies in its own place. */
export interface KeptFile {
  readonly bytes: Uint8Array;
  readonly archive: string | null;
}

/**
 * Reads a file wherever it is kept: in its place, else in an archive. It is packed before its place is emptied, and
 * may be put back into it by hand; so whoever looks in the place, in the archives and in the place once more does not
 * miss it.
 * @throws LakeError `LakeDamaged` where it is in no place and an archive that may hold it cannot be read.
 */
export async function readKept(store: Store, key: string): Promise<KeptFile | undefined> {
  const inPlace = async (): Promise<KeptFile | undefined> => {
    const bytes = await store.get(key);
    return bytes && { bytes, archive: null };
  };
  const there = await inPlace();
  if (there || !archiveGroupOf(key)) return there;
  return (await readArchived(store, key)) ?? inPlace();
}

/** Reads a file out of the archives, the newest first; undefined where none holds it. */
export async function readArchived(store: Store, key: string): Promise<KeptFile | undefined> {
  const group = archiveGroupOf(key);
  if (!group) return undefined;
  let damage: LakeError | undefined;
  for (const { file } of (await archivesOf(store, group)).reverse()) {
    try {
      const bytes = await readZipMember(store.pathOf(file), key);
      if (bytes) return { bytes, archive: file };
    } catch (error) {
      if (!(error instanceof LakeError)) throw error;
      damage ??= error;
    }
  }
  if (damage) throw damage;
  return undefined;
}

/** The archives of one group, oldest first. */
export async function archivesOf(store: Store, group: ArchiveGroup): Promise<Archive[]> {
  const all = await archivesIn(store, group);
  return all
    .filter((archive) => archive.group.month === group.month)
    .sort((left, right) => left.generation - right.generation);
}

/** Every archive of a lake, by kind, source and month. */
export async function allArchives(store: Store): Promise<Archive[]> {
  const found: Archive[] = [];
  for (const kind of archivedKinds) {
    for (const { value: source } of await keysIn(store, `archive/${kind}`, 'source'))
      found.push(...(await archivesIn(store, { kind, source })));
  }
  const order = ({ file, generation }: Archive): string =>
    `${file.replace(/(\.\d+)?\.zip$/, '')} ${String(generation).padStart(6, '0')}`;
  return found.sort((left, right) => (order(left) < order(right) ? -1 : 1));
}

/** The keys of the files in an archive, its own list of them left out; undefined where it is gone. */
export async function keysInArchive(store: Store, { file }: Archive): Promise<string[] | undefined> {
  const names = await membersOfZip(store.pathOf(file));
  return names?.filter((name) => name !== archiveManifestFile(file));
}

/**
 * Reads the list of members out of an archive; undefined where the archive is gone.
 * @throws LakeError `LakeDamaged` where it has none, or an altered one.
 */
export async function readArchiveManifest(
  store: Store,
  { file }: Archive,
): Promise<{ readonly manifest: ArchiveManifest; readonly bytes: Uint8Array } | undefined> {
  if ((await store.sizeOf(file)) === undefined) return undefined;
  const bytes = await readZipMember(store.pathOf(file), archiveManifestFile(file));
  const manifest = bytes && parseArchiveManifest(bytes);
  if (bytes && manifest) return { manifest, bytes };
  throw new LakeError(
    'LakeDamaged',
    `${store.pathOf(file)} does not hold the list of its members as it was written. Archives are never changed: restore it from a backup.`,
  );
}

async function archivesIn(store: Store, at: Omit<ArchiveGroup, 'month'>): Promise<Archive[]> {
  const folder = archiveFolder(at);
  return (await store.namesIn(folder)).flatMap((name) => {
    const file = `${folder}/${name}`;
    const known = archiveOfFile(file);
    return known ? [{ file, ...known }] : [];
  });
}
