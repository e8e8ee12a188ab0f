import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadContracts } from '../../contracts/load.ts';
import { projectFolder } from '../../settings.ts';
import { buildAsOf, type WarehouseAsOf } from '../../warehouse/as-of/as-of.ts';
import { WrongUse } from '../command/exit-code.ts';
import type { OpenLake } from '../command/lake-client.ts';

/** The folder of this project's SQL files. */
export const sqlFolder = join(projectFolder, 'sql');

/**
 * Builds the warehouse of a lake as it was known at an instant, for a command; whoever asks removes it.
 * @throws AsOfError where nothing was known yet, saying since when something is.
 */
export async function warehouseAsOf(
  open: OpenLake,
  instant: Date,
  onProgress?: (step: string) => void,
): Promise<WarehouseAsOf> {
  const lake = {
    ...open,
    contracts: loadContracts(join(projectFolder, 'contracts')),
    assets: open.settings.assets,
    plannedAssets: () => open.planned(instant),
    sqlFolder,
  };
  return buildAsOf(lake, instant, onProgress === undefined ? {} : { onProgress });
}

/** Where the lake's own warehouse lies. */
export function warehouseOfLake(open: OpenLake): string {
  const path = open.store.pathOf('warehouse.duckdb');
  if (existsSync(path)) return path;
  throw new WrongUse(`There is no warehouse at ${path} yet. Run npx tsx client/backfill.ts first.`);
}

/** Runs an act over the lake's own warehouse, or over one as of an instant, which is removed afterwards. */
export async function withWarehouse<T>(
  open: OpenLake,
  instant: Date | null,
  act: (warehousePath: string) => Promise<T>,
): Promise<T> {
  if (instant === null) return act(warehouseOfLake(open));
  const known = await warehouseAsOf(open, instant);
  try {
    return await act(known.warehousePath);
  } finally {
    await known.remove();
  }
}
