import type { DuckDBConnection } from '@duckdb/node-api';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { localPathOf } from './archive/local-copy.ts';
import { openFileReader } from './file-reader.ts';
import { LakeError } from './lake-error.ts';
import type { Store } from './store.ts';

/** How many files one statement reads. */
const filesAtOnce = 500;

const closeRow = z.object({ filename: z.string(), close: z.number().nullable() });
type CloseRow = z.infer<typeof closeRow>;

/**
 * Reads the close that each of some Parquet files holds, in their places or in archives. A file that is kept nowhere, or
 * that cannot be read, has none: what is told of it has a story all the same.
 */
export async function readCloses(
  store: Store,
  files: readonly (string | null)[],
): Promise<ReadonlyMap<string, number>> {
  const named = [...new Set(files.filter((file): file is string => file !== null))];
  if (named.length === 0) return new Map();
  const unpacked = await mkdtemp(join(tmpdir(), 'marketlake-closes-'));
  const instance = await openFileReader();
  const connection = await instance.connect();
  const closes = new Map<string, number>();
  try {
    for (let first = 0; first < named.length; first += filesAtOnce) {
      const keys = await readable(store, named.slice(first, first + filesAtOnce), unpacked);
      for (const { filename, close } of await readAll(connection, [...keys.keys()]))
        if (close !== null) closes.set(keys.get(filename) ?? filename, close);
    }
    return closes;
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(unpacked, { recursive: true, force: true });
  }
}

/** The files by the paths at which DuckDB finds them. */
async function readable(
  store: Store,
  files: readonly string[],
  unpacked: string,
): Promise<ReadonlyMap<string, string>> {
  const keys = new Map<string, string>();
  for (const file of files) {
    const path = await pathOrNone(store, file, unpacked);
    if (path !== undefined) keys.set(path, file);
  }
  return keys;
}

async function pathOrNone(store: Store, file: string, unpacked: string): Promise<string | undefined> {
  try {
    return await localPathOf(store, file, unpacked);
  } catch (error) {
    if (error instanceof LakeError) return undefined;
    throw error;
  }
}

/** One damaged file must not hide the others: then each is read by itself. */
async function readAll(connection: DuckDBConnection, paths: readonly string[]): Promise<CloseRow[]> {
  if (paths.length === 0) return [];
  try {
    return await read(connection, paths);
  } catch {
    const each: CloseRow[] = [];
    for (const path of paths) each.push(...(await read(connection, [path]).catch(() => [])));
    return each;
  }
}

async function read(connection: DuckDBConnection, paths: readonly string[]): Promise<CloseRow[]> {
  const list = paths.map((path) => `'${path.replaceAll("'", "''")}'`).join(', ');
  const reader = await connection.runAndReadAll(
    `select filename, close::double as close
     from read_parquet([${list}], filename = true, hive_partitioning = false, union_by_name = true)`,
  );
  return z.array(closeRow).parse(reader.getRowObjectsJson());
}
