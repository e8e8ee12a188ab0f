import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readAllModels } from './all-models.ts';
import { bronzeTable, loadBronze } from './bronze-tables.ts';
import { differenceBeforeSwap } from './diff/before-swap.ts';
import { Engine, EngineError } from './engine.ts';
import { builtFingerprint, fingerprintOf } from './fingerprint.ts';
import { copiedTables, copyIndex, withIndex } from './index-copy.ts';
import type { BuildResult, UnsettledCell, WarehouseInputs } from './inputs.ts';
import { fillLakeTables } from './lake-tables.ts';
import { claimAcrossProcesses, claimInProcess } from './lock.ts';
import { buildModels } from './models.ts';
import { checkReferences, orderModels, type LinkedFile } from './order.ts';
import { loadSuperseded } from './superseded-table.ts';
import { settlePublications } from './publications.ts';
import { referencesOf } from './references.ts';
import { modelName, type SqlFile, type SqlFolder } from './sql-files.ts';
import { filePath, identifier, literal } from './sql-text.ts';
import { runSqlTests } from './sql-tests.ts';
import { removeRemains, swapIn, warehouseFiles, type WarehouseFiles } from './swap.ts';
import { WarehouseError } from './warehouse-error.ts';

export type {
  AssetRow,
  BuildResult,
  DatasetOfBuild,
  DayRow,
  UnsettledCell,
  WarehouseInputs,
} from './inputs.ts';

/** What models find in `lake`, beside `bronze` and `seeds`. */
export const lakeTables = [
  ...copiedTables,
  'assets',
  'datasets',
  'asset_sources',
  'fixings',
  'days',
  'dates',
  'superseded',
  'build',
];

/**
 * Builds the warehouse anew from bronze, index and SQL files, runs the SQL tests, and only then puts it in
 * the place of the old one. Does nothing where the one there is of the same inputs.
 * @throws WarehouseError; the old warehouse is then as it was. Throws the signal's reason where it is stopped.
 */
export async function buildWarehouse(inputs: WarehouseInputs): Promise<BuildResult> {
  const giveBack = claimInProcess(inputs.warehousePath);
  const files = warehouseFiles(inputs.warehousePath);
  try {
    await mkdir(dirname(inputs.warehousePath), { recursive: true });
    const engine = await Engine.open({
      temporaryFolder: files.temporaryFolder,
      ...(inputs.signal === undefined ? {} : { signal: inputs.signal }),
    });
    try {
      await claimAcrossProcesses(engine, inputs.warehousePath);
      return await buildWhereChanged(engine, inputs, files);
    } finally {
      engine.close();
    }
  } catch (error) {
    throw asWarehouseError(error, inputs);
  } finally {
    giveBack();
  }
}

const nothingBuilt = {
  outcome: 'unchanged',
  models: [],
  tests: [],
  unsettled: [],
  looseCells: 0,
  difference: null,
} as const;

async function buildWhereChanged(
  engine: Engine,
  inputs: WarehouseInputs,
  files: WarehouseFiles,
): Promise<BuildResult> {
  await removeRemains(files);
  const sql = await readAllModels(inputs.sqlFolder, inputs.datasets);
  await engine.run(`attach ':memory:' as lake`);
  const built = await builtFingerprint(engine, inputs.warehousePath);
  const { fingerprint, isUnchanged } = await withIndex(engine, inputs.indexPath, async () => {
    const found = await fingerprintOf(engine, inputs, sql);
    if (found !== built) await copyIndex(engine);
    return { fingerprint: found, isUnchanged: found === built };
  });
  if (isUnchanged) return { ...nothingBuilt, fingerprint };
  try {
    return await buildNext(engine, inputs, files, sql, fingerprint);
  } finally {
    await removeRemains(files);
  }
}

async function buildNext(
  engine: Engine,
  inputs: WarehouseInputs,
  files: WarehouseFiles,
  sql: SqlFolder,
  fingerprint: string,
): Promise<BuildResult> {
  const models = await link(engine, sql.models);
  const tests = await link(engine, sql.tests);
  const provided = providedTables(inputs, sql);
  checkReferences([...models, ...tests], new Set([...provided, ...sql.models.map(modelName)]));
  const ordered = orderModels(models);

  const { unsettled, looseCells } = await provideInputs(engine, inputs, sql);
  await createBuildRow(engine, inputs, fingerprint, unsettled);
  await engine.run(`attach ${literal(files.next)} as warehouse`);
  await engine.run('use warehouse');
  // From here on models see what was loaded and nothing else: no file, no address.
  await engine.run('set enable_external_access = false');
  const builtModels = await buildModels(engine, ordered, inputs.onProgress);
  const runTests = await runSqlTests(engine, ordered, tests, inputs);
  await writeBuildTable(engine);

  await engine.run('checkpoint warehouse');
  await engine.run('use memory');
  // What was loaded is not needed any more, and comparing wants the memory.
  for (const catalog of ['warehouse', 'bronze', 'seeds', 'lake']) await engine.run(`detach ${catalog}`);
  inputs.onProgress?.('compare');
  const difference = await differenceBeforeSwap(files, ordered, inputs.signal);
  await inputs.beforeSwap?.(difference);
  inputs.onProgress?.('swap');
  inputs.signal?.throwIfAborted();
  await swapIn(files);
  const made = { models: builtModels, tests: runTests, unsettled, looseCells };
  return { outcome: 'built', fingerprint, ...made, difference };
}

async function link(engine: Engine, files: readonly SqlFile[]): Promise<LinkedFile[]> {
  const linked: LinkedFile[] = [];
  for (const file of files) linked.push({ file, references: await referencesOf(engine, file) });
  return linked;
}

function providedTables(inputs: WarehouseInputs, sql: SqlFolder): string[] {
  return [
    ...lakeTables.map((table) => `lake.${table}`),
    ...inputs.datasets.map((dataset) => `bronze.${bronzeTable(dataset.id)}`.toLowerCase()),
    ...sql.seeds.map((seed) => `seeds.${seed.name}`),
  ];
}

/** Loads all that models may read into memory; nothing of it is in the warehouse unless a model takes it. */
async function provideInputs(
  engine: Engine,
  inputs: WarehouseInputs,
  sql: SqlFolder,
): Promise<{ readonly unsettled: UnsettledCell[]; readonly looseCells: number }> {
  await engine.run(`attach ':memory:' as bronze`);
  await engine.run(`attach ':memory:' as seeds`);
  await fillLakeTables(engine, inputs);
  for (const seed of sql.seeds) {
    await engine.run(`create table seeds.main.${identifier(seed.name)} as
      select * from read_csv(${filePath(seed.path)}, header = true, all_varchar = true)`);
  }
  const looseCells = await loadBronze(engine, inputs);
  await loadSuperseded(engine, inputs);
  return { unsettled: await settlePublications(engine, inputs.datasets), looseCells };
}

async function createBuildRow(
  engine: Engine,
  inputs: WarehouseInputs,
  fingerprint: string,
  unsettled: readonly UnsettledCell[],
): Promise<void> {
  await engine.run(`create table lake.main.build as select
    ${literal(fingerprint)} as fingerprint,
    ${literal(inputs.builtBy)} as run,
    ${literal(inputs.market)} as market,
    version() as engine_version,
    (select count(*) from lake.publications) as published_cells,
    cast(${unsettled.length} as bigint) as unsettled_cells,
    (select max(recorded_at) from lake.cell_records) as last_recorded_at,
    cast(${literal(inputs.now.toISOString())} as timestamptz) as built_at`);
}

/** Written last: a warehouse without it is not a finished one. */
async function writeBuildTable(engine: Engine): Promise<void> {
  await engine.run('create schema if not exists metadata');
  await engine.run('create table metadata.build as select * from lake.build');
}

function asWarehouseError(error: unknown, inputs: WarehouseInputs): unknown {
  const isTrouble =
    error instanceof EngineError ? error.isMachineTrouble : error instanceof Error && 'syscall' in error;
  if (!isTrouble) return error;
  const message = `Could not build ${inputs.warehousePath}: ${String(error)}. Check disk space, memory and permissions; the old warehouse stays.`;
  return new WarehouseError('WarehouseUnwritable', message, { cause: error });
}
