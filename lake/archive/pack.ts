import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { checkedJsonBytes } from '../checked-json.ts';
import { sha256 } from '../json.ts';
import { LakeError } from '../lake-error.ts';
import {
  archiveFile,
  archiveManifestFile,
  archiveRecordsFolder,
  recordFile,
  type ArchiveGroup,
} from '../layout.ts';
import { claimRecord, recordNumbers } from '../records.ts';
import type { Store } from '../store.ts';
import { archivesOf, readArchiveManifest, type Archive } from './archives.ts';
import type { ArchiveMember } from './manifest.ts';
import { membersOfZip, readZipMember } from './read-zip.ts';
import { zipOf } from './write-zip.ts';

/**
 * Packs files into the next archive of their group, reads that back, and only then gives it its name. The files
 * themselves are not touched.
 * @throws LakeError `LostRace` where another process packs the same files.
 */
export async function pack(
  store: Store,
  group: ArchiveGroup,
  files: readonly ArchiveMember[],
): Promise<Archive> {
  for (const archive of await archivesOf(store, group))
    if (!(await isRecorded(store, archive))) throw lostRace(`${archive.file} is not recorded yet`);
  const generation = (await newestGeneration(store, group)) + 1;
  const file = archiveFile(group, generation);
  const members = [...files].sort((one, other) => (one.path < other.path ? -1 : 1));
  const list = checkedJsonBytes({ ...group, members });
  const packed = await store.prepareStream(
    zipOf([
      ...members.map((member) => ({ ...member, read: () => readExactly(store, member) })),
      { path: archiveManifestFile(file), sizeBytes: list.byteLength, read: async () => list },
    ]),
  );
  try {
    await checkMembers(store, packed.key, members);
    if (!(await packed.claim(file))) throw lostRace(`${file} was there already`);
  } finally {
    await packed.forget();
  }
  return { file, group, generation };
}

/**
 * Records an archive, and puts the list of its members beside it, unless both was done before. An archive without a
 * record was written by a process that died: it is read back again first.
 * @returns true where it had no record yet.
 * @throws LakeError `LakeDamaged` where it does not hold what its own list says.
 */
export async function recordArchive(store: Store, archive: Archive, now: Date): Promise<boolean> {
  const folder = archiveRecordsFolder(archive.group);
  if (await isRecorded(store, archive)) return false;
  const read = await readArchiveManifest(store, archive);
  if (!read) return false;
  const { members } = read.manifest;
  await checkMembers(store, archive.file, members);
  await store.settle(archive.file);
  await store.put(archiveManifestFile(archive.file), read.bytes);
  const record = {
    event: 'archived',
    recordedAt: now.toISOString(),
    archive: archive.file,
    sha256: await hashOfFile(store.pathOf(archive.file)),
    sizeBytes: (await store.sizeOf(archive.file)) ?? 0,
    manifestSha256: sha256(read.bytes),
    memberCount: members.length,
    memberBytes: members.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
  return claimRecord(store, folder, archive.generation, record);
}

/** Tells whether an archive has its record. */
export async function isRecorded(store: Store, { group, generation }: Archive): Promise<boolean> {
  return (await store.sizeOf(recordFile(archiveRecordsFolder(group), generation))) !== undefined;
}

/** The sha256 of a file that need not fit into memory. */
export async function hashOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  // A stream of a file without an encoding gives bytes.
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) hash.update(piece);
  return hash.digest('hex');
}

/** A number that was given once is not given again, should its archive be lost. */
async function newestGeneration(store: Store, group: ArchiveGroup): Promise<number> {
  const recorded = await recordNumbers(store, archiveRecordsFolder(group));
  const there = (await archivesOf(store, group)).map(({ generation }) => generation);
  return Math.max(0, ...recorded, ...there);
}

async function readExactly(store: Store, { path, sha256: hash }: ArchiveMember): Promise<Uint8Array> {
  const bytes = await store.get(path);
  if (bytes && sha256(bytes) === hash) return bytes;
  throw lostRace(`${path} ${bytes ? 'changed' : 'went'} while it was being packed`);
}

async function checkMembers(store: Store, zip: string, members: readonly ArchiveMember[]): Promise<void> {
  const path = store.pathOf(zip);
  const names = (await membersOfZip(path)) ?? [];
  // All of the members, and their list.
  const isWhole = names.length === members.length + 1;
  for (const member of isWhole ? members : []) {
    const bytes = await readZipMember(path, member.path);
    if (!bytes || sha256(bytes) !== member.sha256) throw notAsPacked(path, member.path);
  }
  if (!isWhole) throw notAsPacked(path, `${names.length} members`);
}

function notAsPacked(path: string, found: string): LakeError {
  return new LakeError(
    'LakeDamaged',
    `${path} does not give back what was packed into it (${found}). Nothing was removed; look at the disk, move the file away and pack again.`,
  );
}

function lostRace(found: string): LakeError {
  return new LakeError(
    'LostRace',
    `Could not pack: ${found}. Another process packs the same files, or one that died left this: run it again, then npx tsx client/verify.ts.`,
  );
}
