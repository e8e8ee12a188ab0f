import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compactFile, compactPartsFile } from '../../lake/layout.ts';
import { sha256 } from '../../lake/json.ts';
import { checkCompact } from '../../proof/verify/check-compact.ts';
import { buildWarehouse, type BuildResult } from '../../warehouse/build.ts';
import { compactLake, type CompactReport } from '../../warehouse/compact/compact-lake.ts';
import { findCompacted } from '../../lake/compact-files.ts';
import { inputsOfLake } from '../../warehouse/lake-inputs.ts';
import { datesBetween } from '../../workflows/pure/cell.ts';
import { treeOf } from '../lake/support/lake.ts';
import { bitcoin, RecordedLake } from './recorded-lake.ts';
import { writeSql } from './sql-folder.ts';
import { ask } from './tiny-lake.ts';

const now = '2024-03-04T01:00:00Z';
const [of2023, of2024] = [2023, 2024].map((year) => compactFile(bitcoin(''), year)) as [string, string];

let lake: RecordedLake;
let builds = 0;
beforeAll(async () => {
  lake = new RecordedLake(await mkdtemp(join(tmpdir(), 'compact-')));
  for (const [day, date] of datesBetween('2023-12-28', '2024-01-06').entries())
    await lake.publish(date, 100 + day, `${date}T23:00:00.000Z`);
});
afterAll(() => rm(lake.folder, { recursive: true, force: true }));

interface Built {
  readonly result: BuildResult;
  readonly ignored: readonly string[];
  readonly tables: Record<string, unknown>;
}

/** What models read, as it was read: equal tables here are equal models. The first test builds all of them. */
const asRead = (select: string): string => `-- As read.\n-- grain: day\n-- key: date\n${select}\n`;
let asReadFolder: string;
beforeAll(async () => {
  asReadFolder = await writeSql(join(lake.folder, 'sql'), {
    'marts/files.sql': asRead('select * from bronze.coingecko__market_chart'),
    'marts/publications.sql': asRead('select * from lake.publications'),
  });
});

async function build(withCompact: boolean, withModels = false): Promise<Built> {
  const ignored: string[] = [];
  const onIgnored = (sentence: string): void => void ignored.push(sentence);
  const places = await indexCopy();
  const warehousePath = join(lake.folder, `warehouse-${(builds += 1)}.duckdb`);
  const compacted = withCompact ? { compacted: await findCompacted(lake.store, onIgnored) } : {};
  const sql = withModels ? {} : { sqlFolder: asReadFolder };
  const inputs = await inputsOfLake(
    { ...lake.toModel, ...sql },
    {
      ...places,
      ...compacted,
      onIgnored,
      warehousePath,
      bronzeFolder: join(lake.folder, 'bronze'),
      builtBy: 'daily/test',
      now: new Date(now),
    },
  );
  const result = await buildWarehouse(inputs);
  const tables = await tablesOf(warehousePath);
  await rm(warehousePath);
  return { result, ignored, tables };
}

async function indexCopy(): Promise<{ readonly indexPath: string }> {
  const indexPath = join(lake.folder, 'copy.duckdb');
  await lake.index.copyTo(indexPath);
  return { indexPath };
}

/** Every row of every table of a warehouse; how it was built is in there too. */
async function tablesOf(path: string): Promise<Record<string, unknown>> {
  const names = await ask(
    path,
    "select schema_name || '.' || table_name as name from duckdb_tables() where not internal order by 1",
  );
  const tables: Record<string, unknown> = {};
  for (const { name } of names as { name: string }[])
    tables[name] = await ask(path, `select * from ${name} order by all`);
  return tables;
}

async function compact(atLeast = 1): Promise<CompactReport> {
  return compactLake(lake.store, { ...(await indexCopy()), atLeast });
}

const bronze = async (): Promise<Record<string, string>> =>
  Object.fromEntries(Object.entries(await treeOf(lake.store)).filter(([key]) => key.startsWith('bronze/')));

async function expectEqualTo(expected: Built, looseCells: number, withModels = false): Promise<Built> {
  const built = await build(true, withModels);
  expect(built.tables).toEqual(expected.tables);
  expect(built.result).toMatchObject({ fingerprint: expected.result.fingerprint, looseCells, unsettled: [] });
  return built;
}

describe('a compacted lake', () => {
  it('gives the same warehouse, every table of it, from one file for each ticker and year, and leaves bronze as it is', async () => {
    const before = await bronze();
    expect(await compact(20)).toEqual({ files: 0, cells: 0 });
    expect(await compact()).toEqual({ files: 2, cells: 10 });
    const plain = await build(false, true);
    expect(Object.keys(plain.tables).length).toBeGreaterThan(20);
    expect(plain.result.looseCells).toBe(10);
    expect((await expectEqualTo(plain, 0, true)).ignored).toEqual([]);
    expect(await bronze()).toEqual(before);
  });

  it('keeps the columns of the published files in their order, and the part of every row', async () => {
    const columnsOf = async (path: string): Promise<unknown[]> =>
      (await query(`describe select * from read_parquet('${path}', hive_partitioning = false)`)).map(
        (row) => [row['column_name'], row['column_type']],
      );
    const published = lake.store.pathOf(Object.keys(await bronze())[0] ?? '');
    expect(await columnsOf(lake.store.pathOf(of2023))).toEqual([
      ...(await columnsOf(published)),
      ['__part_sha256', 'VARCHAR'],
      ['__part_number', 'INTEGER'],
    ]);
    const [part] = await query(
      `select __part_sha256 from read_parquet('${lake.store.pathOf(of2023)}') order by bar_date limit 1`,
    );
    expect(part?.['__part_sha256']).toBe(sha256(await readFile(published)));
  });

  it('is written to the same bytes again, and not at all where nothing has changed', async () => {
    const before = await readFile(lake.store.pathOf(of2024));
    expect(await compact()).toEqual({ files: 0, cells: 0 });
    await lake.store.remove('compact');
    expect((await compact()).files).toBe(2);
    expect(await readFile(lake.store.pathOf(of2024))).toEqual(before);
  });

  it('shows a restated price at once, and one whose writer died before its file was moved as bronze does', async () => {
    await lake.publish('2023-12-30', 200, '2024-01-08T00:00:00.000Z');
    await expectEqualTo(await build(false), 1);
    expect(await compact()).toEqual({ files: 1, cells: 4 });
    await expectEqualTo(await build(false), 0);
    await lake.promise('2024-01-02', 300, '2024-01-09T00:00:00.000Z');
    const [plain, compacted] = [await build(false), await build(true)];
    expect(compacted.tables).toEqual(plain.tables);
    expect(compacted.result).toMatchObject({ unsettled: plain.result.unsettled, looseCells: 1 });
    expect(plain.result.unsettled).toMatchObject([{ found: 'older publication' }]);
  });

  it('leaves a damaged file aside, says so, and makes it anew; without compact/ all is read from bronze', async () => {
    const plain = await build(false);
    const bytes = await readFile(lake.store.pathOf(of2023));
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    await writeFile(lake.store.pathOf(of2023), bytes);
    await lake.store.remove(compactPartsFile(of2024));
    expect((await checkCompact(lake.store)).map(({ path }) => path)).toEqual([of2023, of2024]);
    const { ignored, result } = await build(true);
    expect(ignored.map((sentence) => /compact\/\S+/.exec(sentence)?.[0])).toEqual([of2023, of2024]);
    expect(result.looseCells).toBe(10);
    expect(await compact()).toMatchObject({ files: 2 });
    await lake.store.remove('compact');
    const built = await build(true);
    expect(built.tables).toEqual(plain.tables);
    expect(built.result.looseCells).toBe(10);
  });

  it('takes into a compact file only what its record names', async () => {
    const place = lake.store.pathOf(Object.keys(await bronze())[0] ?? '');
    await writeFile(place, 'no parquet');
    // The damaged one, and the one that was promised and not moved.
    expect(await compact()).toEqual({ files: 2, cells: 8 });
  });
});

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}
