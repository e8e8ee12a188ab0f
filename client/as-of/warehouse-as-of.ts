import { join } from 'node:path';
import { loadContracts } from '../../contracts/load.ts';
import { projectFolder } from '../../settings.ts';
import { buildAsOf, type WarehouseAsOf } from '../../warehouse/as-of/as-of.ts';
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
