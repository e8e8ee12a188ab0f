import type { DatasetOfBuild } from './inputs.ts';
import { modelName, nameTakenByBuild, readSqlFolder, type SqlFolder } from './sql-files.ts';
import { coinSnapshotsModel } from './staging/coin-snapshots-model.ts';
import { dailyPricesModel } from './staging/daily-prices-model.ts';
import { stagingModel } from './staging/staging-model.ts';

/**
 * Reads the folder of SQL files and adds the models that contracts alone decide: a staging model for each dataset, the
 * daily prices of all, and the coins of all snapshots. These have no file, so that a new dataset needs none.
 * @throws WarehouseError `ModelBroken` where a file is called like one of them.
 */
export async function readAllModels(folder: string, datasets: readonly DatasetOfBuild[]): Promise<SqlFolder> {
  const sql = await readSqlFolder(folder);
  const generated = [...datasets.map(stagingModel), dailyPricesModel(datasets), coinSnapshotsModel(datasets)];
  const names = new Set(generated.map(modelName));
  const twin = sql.models.find((model) => names.has(modelName(model)));
  if (twin) throw nameTakenByBuild(twin);
  return { ...sql, models: [...generated, ...sql.models] };
}
