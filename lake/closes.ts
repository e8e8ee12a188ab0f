import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { readKept, type KeptFile } from './archive/archives.ts';
import { withLocalFile } from './archive/local-copy.ts';
import { LakeError } from './lake-error.ts';
import type { Store } from './store.ts';

/** Reads the close that each of some Parquet files holds; a file that is not there, or unreadable, has none. */
export async function readCloses(
  store: Store,
  files: readonly (string | null)[],
): Promise<ReadonlyMap<string, number>> {
  const named = [...new Set(files.filter((file): file is string => file !== null))];
  const closes = new Map<string, number>();
  if (named.length === 0) return closes;
  const instance = await DuckDBInstance.create(':memory:', { autoinstall_known_extensions: 'false' });
  const connection = await instance.connect();
  for (const file of named) {
    const kept = await keptFile(store, file);
    if (!kept) continue;
    const close = await withLocalFile(store, { ...kept, place: file }, (path) => closeIn(connection, path));
    if (close !== undefined) closes.set(file, close);
  }
  connection.closeSync();
  instance.closeSync();
  return closes;
}

/** A damaged archive has a story too. */
async function keptFile(store: Store, file: string): Promise<KeptFile | undefined> {
  return readKept(store, file).catch((error: unknown) => {
    if (error instanceof LakeError) return undefined;
    throw error;
  });
}

/** A damaged file has a story too: that it cannot be read shows as a close that is not known. */
async function closeIn(connection: DuckDBConnection, path: string): Promise<number | undefined> {
  const reader = await connection
    .runAndReadAll('select close::double from read_parquet($path, hive_partitioning = false)', { path })
    .catch(() => undefined);
  const close = reader?.getRows()[0]?.[0];
  return typeof close === 'number' ? close : undefined;
}
