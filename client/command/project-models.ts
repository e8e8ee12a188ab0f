import { join } from 'node:path';
import { loadContracts } from '../../contracts/load.ts';
import { projectFolder } from '../../settings.ts';
import { readAllModels } from '../../warehouse/all-models.ts';
import { datasetOfBuild } from '../../warehouse/dataset-of-build.ts';
import { keysOf } from '../../warehouse/diff/before-swap.ts';

/** Reads the key of every model of this project, by the model's name. */
export async function keysOfModels(): Promise<ReadonlyMap<string, readonly string[]>> {
  const contracts = loadContracts(join(projectFolder, 'contracts'));
  const { models } = await readAllModels(
    join(projectFolder, 'sql'),
    [...contracts.values()].map(datasetOfBuild),
  );
  return keysOf(models);
}
