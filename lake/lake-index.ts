import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { copyFile, rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import {
  indexSchema,
  indexVersion,
  insertAlertRecords,
  insertAudits,
  insertCellRecords,
  insertClosedDays,
  insertRunRecords,
  insertWindowRecords,
} from './index-schema.ts';
import { isDiskTrouble } from './disk-trouble.ts';
import { tryParseJson } from './json.ts';
import { LakeError } from './lake-error.ts';
import type { Store } from './store.ts';

const indexFile = 'index.duckdb';
/** More at once are no faster, and their texts stand in memory together. */
const entriesAtOnce = 1_000;
/** What a file with the verdicts of a month, or of a lot, counts. */
const entriesOfMany = 50;
const lockTries = 200;
const lockPauseMs = 50;

/** What is read into which table. Patterns of a known depth are found twice as fast as `**`. */
const readers: readonly { readonly files: string; readonly insert: string }[] = [
  { files: 'records/cells/*/*/*/*/*.json', insert: insertCellRecords },
  { files: 'records/closed/*/*.json', insert: insertClosedDays },
  { files: 'records/windows/*/*.json', insert: insertWindowRecords },
  { files: 'records/runs/*/*.json', insert: insertRunRecords },
  { files: 'records/alerts/*/*/*.json', insert: insertAlertRecords },
  { files: 'audits/*/*/*/*.json', insert: insertAudits },
];

/**
 * The derived index over a lake's records. It is opened for moments only: DuckDB lets one process write a
 * file and nobody read it meanwhile, so whoever comes second waits a little. Within one process DuckDB
 * does not notice a second opener at all, hence the queue.
 */
export class LakeIndex {
  #queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: Store,
    /** Where it lies; a proof makes one of its own, outside the lake. */
    private readonly indexPath = store.pathOf(indexFile),
  ) {}

  /** Brings the index up to date and asks it. */
  async ask<T>(question: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    return this.#inTurn(() => this.#withFile(question));
  }

  /** Asks one SELECT with named parameters and gives its rows as plain JSON values. */
  async rows(sql: string, values: Record<string, string> = {}): Promise<Record<string, unknown>[]> {
    return this.ask(async (connection) => (await connection.runAndReadAll(sql, values)).getRowObjectsJson());
  }

  /** Brings the index up to date and copies it to a path of its own, where it can be read at leisure. */
  async copyTo(path: string): Promise<void> {
    await this.#inTurn(async () => {
      await this.#withFile(async (connection) => connection.run('checkpoint'));
      await copyFile(this.indexPath, path);
    });
  }

  async #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const safely = (): Promise<T> => this.#orUnwritable(act);
    const turn = this.#queue.then(safely, safely);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /** Damage may show only when a block is read: then the index is made anew, once, and asked again. */
  async #withFile<T>(question: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    try {
      return await this.#askFile(question);
    } catch (error) {
      if (!isDamage(error)) throw error;
      await discard(this.indexPath);
      return this.#askFile(question);
    }
  }

  /** A full disk shows wherever DuckDB happens to write: when it opens, fills, commits or copies. */
  async #orUnwritable<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (error instanceof LakeError || !isDiskTrouble(error)) throw error;
      throw unwritable(this.indexPath, error);
    }
  }

  async #askFile<T>(question: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const instance = await this.#open();
    try {
      const connection = await instance.connect();
      try {
        await this.#refresh(connection);
        return await question(connection);
      } finally {
        connection.closeSync();
      }
    } finally {
      instance.closeSync();
    }
  }

  async #open(): Promise<DuckDBInstance> {
    const path = this.indexPath;
    const instance = await openExclusively(path);
    if (await hasRightVersion(instance)) return instance;
    instance.closeSync();
    await discard(path);
    return openExclusively(path);
  }

  async #refresh(connection: DuckDBConnection): Promise<void> {
    const tables = await connection.runAndReadAll("select 1 from duckdb_tables() where table_name = 'files'");
    if (tables.currentRowCount === 0) await connection.run(`begin; ${indexSchema} commit;`);
    for (const { files, insert } of readers) {
      const fresh = await this.#freshFiles(connection, files);
      for (const keys of portionsOf(fresh)) await this.#insert(connection, insert, keys);
    }
  }

  /** Lists the files that were not read yet. DuckDB does it: a million names never come into this process. */
  async #freshFiles(connection: DuckDBConnection, files: string): Promise<string[]> {
    const root = `${this.store.pathOf('.')}/`;
    const found = await connection.runAndReadAll(
      `select key from (select substr(file, ${root.length + 1}) as key from glob(${quote(globOf(root) + files)}))
       anti join files on path = key`,
    );
    return (found.getColumns()[0] ?? []) as string[];
  }

  async #insert(connection: DuckDBConnection, insert: string, keys: readonly string[]): Promise<void> {
    const paths = `[${keys.map((key) => quote(this.store.pathOf(key))).join(', ')}]`;
    const names = keys.map((key) => `(${quote(key)})`).join(', ');
    try {
      await connection.run(
        `begin; ${insert.replace('$files', () => paths)}; insert into files values ${names}; commit;`,
      );
    } catch (error) {
      throw (await this.#damagedAmong(keys, error)) ?? error;
    }
  }

  /** DuckDB says that something is no record, but not which. */
  async #damagedAmong(keys: readonly string[], cause: unknown): Promise<LakeError | undefined> {
    for (const key of keys) {
      const bytes = await this.store.get(key);
      if (!bytes || linesOf(bytes).every((line) => isObject(tryParseJson(line)))) continue;
      const found = `${this.store.pathOf(key)} is not a record. Records are never changed: restore it from a backup.`;
      return new LakeError('LakeDamaged', found, cause);
    }
    return undefined;
  }
}

/** Tells DuckDB's complaints about the file from those about a question. */
function isDamage(error: unknown): boolean {
  const message = error instanceof Error && !(error instanceof LakeError) ? error.message : '';
  return /corrupt|checksum|could not read enough bytes|^INTERNAL|^FATAL|serialization error/i.test(message);
}

async function discard(path: string): Promise<void> {
  await rm(path, { force: true });
  await rm(`${path}.wal`, { force: true });
}

function portionsOf(keys: readonly string[]): string[][] {
  const portions: string[][] = [];
  let room = 0;
  for (const key of keys) {
    if (room <= 0) {
      portions.push([]);
      room = entriesAtOnce;
    }
    portions.at(-1)?.push(key);
    room -= /^audits\/.*\/(?:ticker=all\/|month=)/.test(key) ? entriesOfMany : 1;
  }
  return portions;
}

/** A file holds one entry, or one a line. */
function linesOf(bytes: Uint8Array): Uint8Array[] {
  return Buffer.from(bytes)
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line) => Buffer.from(line, 'utf8'));
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function openExclusively(path: string): Promise<DuckDBInstance> {
  // Loaded here: commands that refuse their words never come to it.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  for (let tries = 1; ; tries += 1) {
    try {
      return await DuckDBInstance.create(path, { autoinstall_known_extensions: 'false' });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (!/could not set lock/i.test(message)) return recreate(path, error);
      if (tries >= lockTries) {
        throw new LakeError(
          'LakeBusy',
          `Could not read the lake's index: another process holds ${path}. Try again.`,
          error,
        );
      }
      await pause(lockPauseMs);
    }
  }
}

/** An index that DuckDB cannot open is thrown away: everything in it comes from the records. */
async function recreate(path: string, cause: unknown): Promise<DuckDBInstance> {
  await discard(path);
  const { DuckDBInstance } = await import('@duckdb/node-api');
  return DuckDBInstance.create(path, { autoinstall_known_extensions: 'false' }).catch(() => {
    throw unwritable(path, cause);
  });
}

function unwritable(path: string, cause: unknown): LakeError {
  const found = cause instanceof Error ? cause.message : String(cause);
  return new LakeError(
    'LakeUnwritable',
    `Could not write the lake's index at ${path}: ${found}. Check disk space and permissions; it is tried again by itself.`,
    cause,
  );
}

async function hasRightVersion(instance: DuckDBInstance): Promise<boolean> {
  const connection = await instance.connect();
  try {
    const tables = await connection.runAndReadAll('select table_name from duckdb_tables()');
    if (tables.currentRowCount === 0) return true;
    const reader = await connection.runAndReadAll('select version from index_version');
    return reader.getRowObjectsJson()[0]?.['version'] === indexVersion;
  } catch {
    return false;
  } finally {
    connection.closeSync();
  }
}

/** A folder's name as a pattern that finds only itself. */
function globOf(folder: string): string {
  return folder.replaceAll(/[*?[]/g, '[$&]');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
