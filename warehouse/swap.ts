import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The files of one warehouse, side by side. */
export interface WarehouseFiles {
  readonly warehouse: string;
  /** The one being built; nobody reads it. */
  readonly next: string;
  /** Where DuckDB spills while it builds. */
  readonly temporaryFolder: string;
}

/** Names the files that belong to a warehouse. */
export function warehouseFiles(warehousePath: string): WarehouseFiles {
  const folder = dirname(warehousePath);
  return {
    warehouse: warehousePath,
    next: join(folder, 'warehouse.next.duckdb'),
    temporaryFolder: join(folder, 'warehouse.tmp'),
  };
}

/** Removes what a build leaves when it is stopped or killed. */
export async function removeRemains(files: WarehouseFiles): Promise<void> {
  await rm(files.next, { force: true });
  await rm(`${files.next}.wal`, { force: true });
  await rm(files.temporaryFolder, { recursive: true, force: true });
}

/**
 * Puts the new warehouse in the old one's place in one step. Who holds the old file open keeps all of it.
 * A log that somebody's own writing left beside the old file goes first: it must never meet the new one.
 */
export async function swapIn(files: WarehouseFiles): Promise<void> {
  await sync(files.next);
  await rm(`${files.warehouse}.wal`, { force: true });
  await rename(files.next, files.warehouse);
  await sync(dirname(files.warehouse));
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
