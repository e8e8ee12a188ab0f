import { DuckDBInstance } from '@duckdb/node-api';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { indexSchema } from '../../lake/index-schema.ts';
import { buildWarehouse, lakeTables } from '../build.ts';
import { bronzeTable } from '../bronze-tables.ts';
import { Engine } from '../engine.ts';
import type { DatasetOfBuild } from '../inputs.ts';
import { readSqlFolder } from '../sql-files.ts';
import { identifier, literal } from '../sql-text.ts';
import type { KnownColumns, TypedColumn } from './column-lineage.ts';

const describedRow = z.object({ schema: z.string(), name: z.string(), column: z.string(), type: z.string() });

/** Models of this schema exist for the description only: one for each table that a build provides. */
const providedSchema = 'provided';

/**
 * Builds a warehouse without any data and reads the columns of all its tables, and of those that the build
 * provides to models, in their order.
 * @throws WarehouseError where a model cannot be built.
 */
export async function describeWarehouse(
  sqlFolder: string,
  datasets: readonly DatasetOfBuild[],
): Promise<KnownColumns> {
  const folder = await mkdtemp(join(tmpdir(), 'dictionary-'));
  try {
    const ownFolder = join(folder, 'sql');
    await cp(sqlFolder, ownFolder, { recursive: true });
    const provided = await providedTables(sqlFolder, datasets);
    await writeProvided(join(ownFolder, providedSchema), provided);
    const warehousePath = join(folder, 'warehouse.duckdb');
    await buildWarehouse({
      warehousePath,
      sqlFolder: ownFolder,
      indexPath: await emptyIndex(join(folder, 'index.duckdb')),
      bronzeFolder: join(folder, 'bronze'),
      datasets,
      assets: [],
      days: [],
      market: 'sample',
      builtBy: 'dictionary',
      now: new Date(0),
    });
    return await describe(warehousePath, folder, provided);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function providedTables(sqlFolder: string, datasets: readonly DatasetOfBuild[]): Promise<string[]> {
  const { seeds } = await readSqlFolder(sqlFolder);
  return [
    ...datasets.map(({ id }) => `bronze.${bronzeTable(id)}`),
    ...lakeTables.map((table) => `lake.${table}`),
    ...seeds.map(({ name }) => `seeds.${name}`),
  ];
}

async function writeProvided(folder: string, tables: readonly string[]): Promise<void> {
  await mkdir(folder);
  for (const [index, table] of tables.entries()) {
    const [schema = '', name = ''] = table.split('.');
    const text = `-- grain: row\n-- key: one\nselect 1 as one, * from ${identifier(schema)}.${identifier(name)} limit 0`;
    await writeFile(join(folder, `table_${index}.sql`), text);
  }
}

async function emptyIndex(path: string): Promise<string> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run(indexSchema);
  connection.closeSync();
  instance.closeSync();
  return path;
}

async function describe(
  warehousePath: string,
  folder: string,
  provided: readonly string[],
): Promise<KnownColumns> {
  const engine = await Engine.open({ temporaryFolder: folder });
  try {
    await engine.run(`attach ${literal(warehousePath)} as built (read_only)`);
    const rows = await engine.rows(
      describedRow,
      `select schema_name as schema, table_name as name, column_name as column, data_type as type
      from duckdb_columns() where database_name = 'built' order by schema_name, table_name, column_index`,
    );
    const tables = new Map<string, TypedColumn[]>();
    for (const { schema, name, column, type } of rows) {
      const isProvided = schema === providedSchema;
      const table = isProvided ? (provided[Number(name.slice('table_'.length))] ?? '') : `${schema}.${name}`;
      const columns = tables.get(table) ?? tables.set(table, []).get(table);
      if (!isProvided || column !== 'one') columns?.push({ name: column, type });
    }
    return tables;
  } finally {
    engine.close();
  }
}
