import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { copyFile } from 'node:fs/promises';
import { LakeIndex } from '../../lake/lake-index.ts';
import type { Store } from '../../lake/store.ts';

/** By which column the rows of each table are known to be older than an instant. */
const instantOf = {
  cell_records: 'recorded_at',
  window_records: 'recorded_at',
  run_records: 'recorded_at',
  alert_records: 'recorded_at',
  audits: 'audited_at',
} as const;

const options = { autoinstall_known_extensions: 'false' };

/** An index that knows what the lake knew at one instant, and learns nothing more. */
export class IndexAsOf extends LakeIndex {
  private constructor(
    store: Store,
    private readonly path: string,
  ) {
    super(store);
  }

  /** Copies an index to a path and takes out of the copy whatever was recorded after the instant. */
  static async of(store: Store, index: LakeIndex, instant: Date, path: string): Promise<IndexAsOf> {
    await index.copyTo(path);
    const instance = await DuckDBInstance.create(path, options);
    try {
      const connection = await instance.connect();
      for (const [table, column] of Object.entries(instantOf)) {
        await connection.run(`delete from ${table} where ${column} > $instant::timestamptz`, {
          instant: instant.toISOString(),
        });
      }
      connection.closeSync();
    } finally {
      instance.closeSync();
    }
    return new IndexAsOf(store, path);
  }

  override async ask<T>(question: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const instance = await DuckDBInstance.create(this.path, { ...options, access_mode: 'READ_ONLY' });
    try {
      const connection = await instance.connect();
      try {
        return await question(connection);
      } finally {
        connection.closeSync();
      }
    } finally {
      instance.closeSync();
    }
  }

  override async copyTo(path: string): Promise<void> {
    await copyFile(this.path, path);
  }
}
