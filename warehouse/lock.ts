import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isErrno } from '../lake/lake-error.ts';
import { EngineError, type Engine } from './engine.ts';
import { literal } from './sql-text.ts';
import { WarehouseError } from './warehouse-error.ts';

/** Warehouses that this process builds right now. DuckDB's own lock does not hold within one process. */
const building = new Set<string>();

/**
 * Claims a warehouse within this process and returns what gives it back.
 * @throws WarehouseError `LakeBusy` where another build of this process has it.
 */
export function claimInProcess(warehousePath: string): () => void {
  const path = resolve(warehousePath);
  if (building.has(path)) throw busy(path, 'another build of this process has it');
  building.add(path);
  return () => void building.delete(path);
}

/**
 * Claims a warehouse against other processes until the engine closes. DuckDB locks a file that it opens for
 * writing, and the system gives the lock back when the process dies, so that nothing is left to repair.
 * @throws WarehouseError `LakeBusy` where another process has it.
 */
export async function claimAcrossProcesses(engine: Engine, warehousePath: string): Promise<void> {
  const path = join(dirname(resolve(warehousePath)), 'warehouse.lock.duckdb');
  await makeLockFile(engine, path);
  try {
    await engine.run(`attach ${literal(path)} as build_lock`);
  } catch (error) {
    if (isLockConflict(error)) throw busy(resolve(warehousePath), 'another process builds it', error);
    throw error;
  }
}

/** Tells whether DuckDB found a file locked by another process. */
export function isLockConflict(error: unknown): boolean {
  return error instanceof EngineError && error.message.includes('Conflicting lock');
}

/** Makes the file whole under another name first: a process killed while DuckDB writes it leaves no half of it. */
async function makeLockFile(engine: Engine, path: string): Promise<void> {
  if (existsSync(path)) return;
  await mkdir(dirname(path), { recursive: true });
  const fresh = `${path}.${randomUUID()}`;
  try {
    await engine.run(`attach ${literal(fresh)} as fresh_lock`);
    await engine.run('detach fresh_lock');
    await link(fresh, path).catch((error: unknown) => {
      if (!isErrno(error, 'EEXIST')) throw error;
    });
  } finally {
    await rm(fresh, { force: true });
  }
}

function busy(path: string, found: string, cause?: unknown): WarehouseError {
  return new WarehouseError('LakeBusy', `Could not build ${path}: ${found}. Try again when it is done.`, {
    cause,
  });
}
