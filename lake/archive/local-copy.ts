import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../store.ts';
import type { KeptFile } from './archives.ts';

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
