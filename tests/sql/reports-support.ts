import { buildWarehouse } from '../../warehouse/build.ts';
import type { AssetRow, WarehouseInputs } from '../../warehouse/build.ts';
import { ask, everyDay, type TinyLake } from '../warehouse/tiny-lake.ts';

/** Builds the lake once; reports know no calendar, so every day of the two years around is open. */
export async function build(
  lake: TinyLake,
  assets: readonly AssetRow[],
  more: Partial<WarehouseInputs> = {},
): Promise<void> {
  await lake.write();
  const days = assets.flatMap(({ ticker }) => everyDay(ticker, '2022-12-01', '2024-12-31'));
  await buildWarehouse(lake.inputs({ assets, days, ...more }));
}

/** Answers one query on a built lake with plain rows. */
export async function rowsOf(lake: TinyLake, sql: string): Promise<unknown[][]> {
  return (await ask(lake.warehousePath, sql)).map((row) => Object.values(row));
}
