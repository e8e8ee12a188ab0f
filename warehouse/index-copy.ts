import { existsSync } from 'node:fs';
import { z } from 'zod';
import { isDiskTrouble } from '../lake/disk-trouble.ts';
import { EngineError, type Engine } from './engine.ts';
import { isLockConflict } from './lock.ts';
import { literal } from './sql-text.ts';
import { WarehouseError } from './warehouse-error.ts';

/** The tables and views of the index that a build reads. */
export const copiedTables = [
  'cell_records',
  'cells',
  'publications',
  'run_records',
  'window_records',
  'audits',
  'snapshots',
  'snapshot_members',
] as const;

/** What decides about the content of a warehouse; the records of runs do not. */
const fingerprinted = {
  cell_records: 'source, resource, ticker, date, number, event, state, sha256',
  cells: 'source, resource, ticker, date, number, state, recorded_at, code, reason, until',
  publications: 'source, resource, ticker, date, number, batch_id, sha256, contract_version',
  audits: 'path, outcome',
  snapshots: 'source, resource, date, batch_id',
} as const;

const digest = z.object({ rows: z.string(), hashes: z.string().nullable() });

/**
 * Runs something while the index is attached as `lake_index`, and detaches it at once: as long as it is
 * attached no other process can write to it.
 * @throws WarehouseError `LakeBusy` or `IndexUnreadable`.
 */
export async function withIndex<T>(engine: Engine, indexPath: string, act: () => Promise<T>): Promise<T> {
  if (!existsSync(indexPath)) throw unreadable(indexPath, 'it is not there');
  try {
    await engine.run(`attach ${literal(indexPath)} as lake_index (read_only)`);
  } catch (error) {
    if (isLockConflict(error)) {
      const message = `Could not read the index at ${indexPath}: another process writes it. Try again when it is done.`;
      throw new WarehouseError('LakeBusy', message, { cause: error });
    }
    throw error instanceof EngineError ? unreadable(indexPath, error.message, error) : error;
  }
  try {
    return await act();
  } catch (error) {
    // What was read did not fit into memory or where it spills to: nothing is wrong with the index.
    if (error instanceof EngineError && (error.kind === 'Out of Memory' || isDiskTrouble(error))) throw error;
    throw error instanceof EngineError ? unreadable(indexPath, error.message, error) : error;
  } finally {
    await engine.run('detach lake_index');
  }
}

/** Copies the index's tables into `lake`; its publications become `lake.current_publications`. */
export async function copyIndex(engine: Engine): Promise<void> {
  for (const table of copiedTables) {
    const name = table === 'publications' ? 'current_publications' : table;
    await engine.run(`create table lake.main.${name} as select * from lake_index.${table}`);
  }
}

/** Digests the content of the index, whatever the order of its rows. */
export async function digestIndex(engine: Engine): Promise<string[]> {
  const digests: string[] = [];
  for (const [table, columns] of Object.entries(fingerprinted)) {
    const sql = `select count(*)::varchar as rows, sum(hash(${columns}))::varchar as hashes from lake_index.${table}`;
    const [found] = await engine.rows(digest, sql);
    digests.push(`${table} ${found?.rows} ${found?.hashes}`);
  }
  return digests;
}

function unreadable(path: string, found: string, cause?: unknown): WarehouseError {
  const message = `Could not read the index at ${path}: ${found}. Make it anew from the records and build again.`;
  return new WarehouseError('IndexUnreadable', message, { cause });
}
