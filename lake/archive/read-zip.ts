import { buffer } from 'node:stream/consumers';
import { stat } from 'node:fs/promises';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { isErrno, LakeError } from '../lake-error.ts';

const directoriesKept = 16;

/** Where each member of an archive lies in it. */
type Directory = ReadonlyMap<string, Entry>;

/** An archive never changes under its name; where its file is another all the same, it is read anew. */
const directories = new Map<string, { readonly stamp: string; readonly directory: Promise<Directory> }>();

/**
 * Lists the members of an archive; undefined where there is no such file.
 * @throws LakeError `LakeDamaged` where it is no whole zip.
 */
export async function membersOfZip(path: string): Promise<string[] | undefined> {
  const directory = await directoryOf(path);
  return directory && [...directory.keys()];
}

/**
 * Reads one member of an archive without unpacking the others; undefined where there is no such file or member.
 * @throws LakeError `LakeDamaged` where the archive, or this member of it, cannot be read.
 */
export async function readZipMember(path: string, member: string): Promise<Uint8Array | undefined> {
  const entry = (await directoryOf(path))?.get(member);
  if (!entry) return undefined;
  return withZip(path, async (zip) => buffer(await zip.openReadStreamPromise(entry)));
}

async function directoryOf(path: string): Promise<Directory | undefined> {
  const stamp = await stampOf(path);
  if (stamp === undefined) return undefined;
  const kept = directories.get(path);
  if (kept?.stamp === stamp) return kept.directory;
  const directory = withZip(path, readDirectory);
  directories.set(path, { stamp, directory });
  directory.catch(() => directories.delete(path));
  const oldest = directories.keys().next().value;
  if (directories.size > directoriesKept && oldest !== undefined) directories.delete(oldest);
  return directory;
}

async function readDirectory(zip: ZipFile): Promise<Directory> {
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
  return entries;
}

async function stampOf(path: string): Promise<string | undefined> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(path);
    return [ino, size, mtimeMs, ctimeMs].join(' ');
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

async function withZip<T>(path: string, act: (zip: ZipFile) => Promise<T>): Promise<T> {
  try {
    const zip = await openPromise(path, { lazyEntries: true, autoClose: false });
    try {
      return await act(zip);
    } finally {
      zip.close();
    }
  } catch (error) {
    // What the system refuses is trouble and no word on the archive.
    if (error instanceof Error && 'syscall' in error) throw error;
    const found = error instanceof Error ? error.message : String(error);
    throw new LakeError(
      'LakeDamaged',
      `${path} is not the archive that was written (${found}). Archives are never changed: restore it from a backup.`,
      error,
    );
  }
}
