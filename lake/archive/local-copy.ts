import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Store } from '../store.ts';
import { readArchived, type KeptFile } from './archives.ts';

/**
 * Gives a local program (DuckDB) a path by which it reads a kept file: its place, or a copy for as long as the act
 * takes.
 */
export async function withLocalFile<T>(
  store: Store,
  file: KeptFile & { readonly place: string },
  act: (path: string) => Promise<T>,
): Promise<T> {
  if (file.archive === null) return act(store.pathOf(file.place));
  const folder = await mkdtemp(join(tmpdir(), 'marketlake-file-'));
  try {
    const path = join(folder, 'data.parquet');
    await writeFile(path, file.bytes);
    return await act(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Finds the path by which a local program reads a file of the lake: its place, or a copy below `folder`, under the same
 * names, of what lies in an archive; undefined where it is kept nowhere.
 * @throws LakeError `LakeDamaged` where an archive that may hold it cannot be read.
 */
export async function localPathOf(store: Store, key: string, folder: string): Promise<string | undefined> {
  const inPlace = async (): Promise<string | undefined> =>
    (await store.sizeOf(key)) === undefined ? undefined : store.pathOf(key);
  const there = await inPlace();
  if (there !== undefined) return there;
  const archived = await readArchived(store, key);
  // It may have been put back by hand meanwhile.
  if (!archived) return inPlace();
  const path = join(folder, key);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, archived.bytes);
  return path;
}
