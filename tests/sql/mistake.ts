import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { buildWarehouse, type WarehouseInputs } from '../../warehouse/build.ts';
import { WarehouseError } from '../../warehouse/warehouse-error.ts';
import { sqlFolder, type TinyLake } from '../warehouse/tiny-lake.ts';

/** A passage of one SQL file, and what it is mistaken for. */
export interface Mistake {
  /** Below `sql/`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Builds a lake by models with one mistake in them, and names the tests that failed. */
export async function testsThatNotice(
  lake: TinyLake,
  inputs: Partial<WarehouseInputs>,
  { file, from, to }: Mistake,
): Promise<string[]> {
  const folder = join(lake.folder, 'sql');
  await cp(sqlFolder, folder, { recursive: true });
  const text = await readFile(join(folder, file), 'utf8');
  expect(text).toContain(from);
  await writeFile(join(folder, file), text.replace(from, to));
  const error: unknown = await buildWarehouse(lake.inputs({ ...inputs, sqlFolder: folder })).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof WarehouseError)) throw new Error(`expected a WarehouseError, got ${String(error)}`);
  expect(error.code).toBe('TestFailed');
  return (error.facts.failures ?? []).map((failure) => failure.name);
}
