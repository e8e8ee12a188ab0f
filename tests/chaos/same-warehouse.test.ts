import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { warehouseComplaints } from '../../chaos/same-warehouse.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'same-warehouse-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function warehouse(name: string, rows: readonly string[]): Promise<string> {
  const path = join(folder, name);
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run('create schema marts');
  await connection.run(
    'create table marts.fct_daily_prices (ticker varchar, price_date date, close double, price_status varchar, batch_id varchar)',
  );
  for (const row of rows) await connection.run(`insert into marts.fct_daily_prices values (${row})`);
  connection.closeSync();
  instance.closeSync();
  return path;
}

it('two warehouses are equal but for their batches, and a changed, a missing and a further row are told', async () => {
  const first = await warehouse('first.duckdb', [
    "'A', '2026-01-05', 1.5, 'OBSERVED', 'one'",
    "'B', '2026-01-05', 2.5, 'OBSERVED', 'one'",
  ]);
  const otherBatch = await warehouse('other-batch.duckdb', [
    "'A', '2026-01-05', 1.5, 'OBSERVED', 'two'",
    "'B', '2026-01-05', 2.5, 'OBSERVED', 'two'",
  ]);
  const other = await warehouse('other.duckdb', [
    "'A', '2026-01-05', 1.6, 'OBSERVED', 'one'",
    "'C', '2026-01-05', 2.5, 'OBSERVED', 'one'",
  ]);
  const compare = (path: string): Promise<string[]> =>
    warehouseComplaints(first, path, join(folder, 'compare'));
  expect(await compare(otherBatch)).toEqual([]);
  expect(await compare(other)).toEqual([
    expect.stringMatching(
      /^marts\.fct_daily_prices differs .*: 1 rows more, 1 fewer, 1 changed, such as .*close/,
    ),
  ]);
});
