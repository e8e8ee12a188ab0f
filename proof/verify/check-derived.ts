import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { copyFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { quoteName, quoteText } from '../../contracts/sql-text.ts';
import { LakeError } from '../../lake/lake-error.ts';
import { LakeIndex } from '../../lake/lake-index.ts';
import { indexVersion } from '../../lake/index-schema.ts';
import type { LocalStore } from '../../lake/local-store.ts';
import { damage, type Finding } from './finding.ts';

const tableRows = z.array(z.object({ schema_name: z.string(), table_name: z.string() }));
const tables = ['cell_records', 'window_records', 'run_records', 'audits'];
const index = 'index.duckdb';
const warehouse = 'warehouse.duckdb';

/**
 * Checks what is derived from the records, index and warehouse, against an index that is made anew in a folder
 * of its own. Says nothing where the records themselves are damaged: there is nothing to hold it against.
 */
export async function checkDerived(store: LocalStore, folder: string): Promise<Finding[]> {
  if (![index, warehouse].some((name) => existsSync(store.pathOf(name)))) return checkReport(store);
  const fresh = join(folder, 'fresh.duckdb');
  try {
    await new LakeIndex(store, fresh).rows('select 1');
  } catch (error) {
    if (error instanceof LakeError && error.code === 'LakeDamaged') return [];
    throw error;
  }
  const instance = await DuckDBInstance.create(fresh, { autoinstall_known_extensions: 'false' });
  const connection = await instance.connect();
  try {
    return [
      ...(await checkIndex(store, connection, folder)),
      ...(await checkWarehouse(store, connection)),
      ...checkReport(store),
    ];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function checkIndex(
  store: LocalStore,
  connection: DuckDBConnection,
  folder: string,
): Promise<Finding[]> {
  if (!existsSync(store.pathOf(index))) return [];
  const copy = join(folder, 'copy.duckdb');
  try {
    // A writer may hold the file itself.
    await copyFile(store.pathOf(index), copy);
    if (existsSync(`${store.pathOf(index)}.wal`)) await copyFile(`${store.pathOf(index)}.wal`, `${copy}.wal`);
    await connection.run(`attach ${quoteText(copy)} as old`);
    const version = await connection.runAndReadAll('select version from old.index_version');
    // One of another version is thrown away by whoever asks it next.
    if (version.getRowsJS()[0]?.[0] !== indexVersion) return [];
    const found: string[] = [];
    for (const table of tables) found.push(...(await differencesOf(store, connection, table)));
    if (found.length === 0) return [];
    const finding = damage('disagrees', index, 'what the records say', found.join('; '), 'derived');
    const advice =
      'either the index is wrong or records were altered or lost: compare with a backup, then delete index.duckdb';
    return [{ ...finding, advice }];
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return [damage('altered', index, 'an index that can be read', found, 'derived', { remedy: 'remove' })];
  } finally {
    await connection.run('detach database if exists old');
  }
}

/** What the index knows and no file says, and what it has read otherwise. It may lack what came since. */
async function differencesOf(
  store: LocalStore,
  connection: DuckDBConnection,
  table: string,
): Promise<string[]> {
  // The place of the lake stands in the paths, and a lake may be moved.
  const own = `select * exclude (path) from`;
  const read = `select * exclude (path) from fresh.${table} where replace(path, ${quoteText(`${store.root}/`)}, '') in (select path from old.files)`;
  const count = async (sql: string): Promise<number> =>
    Number((await connection.runAndReadAll(`select count(*) from (${sql})`)).getRowsJS()[0]?.[0]);
  const unknown = await count(`${own} old.${table} except all ${own} fresh.${table}`);
  const unread = await count(`${read} except all ${own} old.${table}`);
  return [
    ...(unknown > 0 ? [`${unknown} rows of ${table} are in no file`] : []),
    ...(unread > 0 ? [`${unread} files of ${table} say something else`] : []),
  ];
}

async function checkWarehouse(store: LocalStore, connection: DuckDBConnection): Promise<Finding[]> {
  const path = store.pathOf(warehouse);
  if (!existsSync(path)) return [];
  try {
    await connection.run(`attach ${quoteText(path)} as built (read_only)`);
    await readEveryBlock(connection);
    return await heldAgainstRecords(connection);
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return [
      damage('altered', warehouse, 'a warehouse that can be read', found, 'derived', { remedy: 'remove' }),
    ];
  } finally {
    await connection.run('detach database if exists built');
  }
}

/** DuckDB checks a block when it is read, so every column of every table is. */
async function readEveryBlock(connection: DuckDBConnection): Promise<void> {
  const reader = await connection.runAndReadAll(
    "select schema_name, table_name from duckdb_tables() where database_name = 'built'",
  );
  for (const { schema_name: schema, table_name: table } of tableRows.parse(reader.getRowObjectsJson()))
    await connection.run(`select bit_xor(hash(t)) from built.${quoteName(schema)}.${quoteName(table)} as t`);
}

async function heldAgainstRecords(connection: DuckDBConnection): Promise<Finding[]> {
  const known = `select concat(source, '.', resource) as dataset, ticker, date, number, sha256 from fresh.cell_records`;
  const built = `select dataset, ticker, price_date, publication_number, sha256 from built.metadata.lineage`;
  const newest = `select concat(source, '.', resource), ticker, date, number, sha256 from fresh.publications`;
  const reader = await connection.runAndReadAll(
    `select (select count(*) from (${built} except ${known})), (select count(*) from (${newest} except ${built}))`,
  );
  const [contrary, later] = (reader.getRowsJS()[0] ?? []).map(Number);
  if (contrary) {
    const found = `${contrary} publications that no record knows`;
    return [
      damage('disagrees', warehouse, 'the publications of the records', found, 'derived', {
        remedy: 'remove',
      }),
    ];
  }
  if (!later) return [];
  const finding = damage(
    'behind',
    warehouse,
    'the newest publications',
    `${later} of them are not in it`,
    'derived',
  );
  return [{ ...finding, isDamage: false, advice: 'the end of the next run rebuilds it' }];
}

function checkReport(store: LocalStore): Finding[] {
  const page = 'report/index.html';
  if (!existsSync(store.pathOf('report')) || existsSync(store.pathOf(page))) return [];
  const finding = damage('missing', page, 'the page over the warehouse', 'no file', 'derived');
  return [{ ...finding, isDamage: false, advice: 'npx tsx client/report.ts writes it anew' }];
}
