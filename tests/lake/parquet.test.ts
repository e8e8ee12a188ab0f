import { DuckDBInstance } from '@duckdb/node-api';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../lake/json.ts';
import { encodeParquet } from '../../lake/parquet.ts';
import { temporaryFolders } from './support/lake.ts';
import { columns, metadata, rows } from './support/parquet-rows.ts';

const folder = temporaryFolders();
const run = promisify(execFile);

/** Asks DuckDB, the second reader, one question about a file. */
async function ask(bytes: Uint8Array, sql: (file: string) => string): Promise<Record<string, unknown>[]> {
  const file = join(folder(), 'data.parquet');
  await writeFile(file, bytes);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run("set TimeZone = 'UTC'");
  const found = (await connection.runAndReadAll(sql(file))).getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  return found;
}

describe('the same rows', () => {
  it('give the same bytes in processes of other time zones and languages', async () => {
    const script = join(import.meta.dirname, 'support/parquet-child.ts');
    const hashes = await Promise.all(
      [
        { TZ: 'Pacific/Auckland', LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' },
        { TZ: 'America/New_York', LANG: 'C' },
      ].map(
        async (environment) =>
          (
            await run(process.execPath, ['--import', 'tsx', script], {
              env: { ...process.env, ...environment },
            })
          ).stdout,
      ),
    );
    const here = sha256(encodeParquet(columns, rows, metadata));
    expect(hashes).toEqual([here, here]);
  });

  it('give the same bytes whatever the order in which metadata was put together', () => {
    const other = { m: null, a: { b: 'x', y: [1, 2] }, z: 1 };
    expect(sha256(encodeParquet(columns, rows, other))).toBe(sha256(encodeParquet(columns, rows, metadata)));
    expect(sha256(encodeParquet(columns, rows, { ...other, z: 2 }))).not.toBe(
      sha256(encodeParquet(columns, rows, metadata)),
    );
  });
});

describe('DuckDB', () => {
  it('reads every type as what it is', async () => {
    const types = await ask(
      encodeParquet(columns, rows, metadata),
      (file) => `describe select * from '${file}'`,
    );
    expect(types.map((row) => [row['column_name'], row['column_type']])).toEqual([
      ['ticker_id', 'VARCHAR'],
      ['bar_date', 'DATE'],
      ['close', 'DOUBLE'],
      ['volume', 'BIGINT'],
      ['__ingested_at', 'TIMESTAMP WITH TIME ZONE'],
      ['is_open', 'BOOLEAN'],
    ]);
  });

  it('reads every value as it was written', async () => {
    const found = await ask(
      encodeParquet(columns, rows, metadata),
      (file) =>
        `select * replace (close::varchar as close, volume::varchar as volume, __ingested_at::varchar as __ingested_at) from '${file}'`,
    );
    expect(found).toEqual([
      {
        ticker_id: 'BRK/B',
        bar_date: '2026-03-08',
        close: '0.1',
        volume: '9007199254740991',
        __ingested_at: '2026-03-08 02:30:00.123+00',
        is_open: true,
      },
      {
        ticker_id: '東京',
        bar_date: '1969-12-31',
        close: '-1e-300',
        volume: '0',
        __ingested_at: '1969-12-31 23:59:59.999+00',
        is_open: false,
      },
      {
        ticker_id: '',
        bar_date: '2100-02-28',
        close: '1e+300',
        volume: '-5',
        __ingested_at: '2026-11-01 05:30:00+00',
        is_open: true,
      },
      { ticker_id: null, bar_date: null, close: null, volume: null, __ingested_at: null, is_open: null },
    ]);
  });

  it('reads any number back to the last bit', async () => {
    const closes = fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true }), { numRuns: 300, seed: 7 });
    const column = { name: 'close', type: 'number', nullable: true } as const;
    const bytes = encodeParquet(
      [column],
      closes.map((close) => ({ close })),
      {},
    );
    const found = await ask(bytes, (file) => `select close::varchar as close from '${file}'`);
    expect(found.map((row) => Number(row['close']))).toEqual(closes);
  });

  it('finds all metadata under one key, and who wrote the file', async () => {
    const bytes = encodeParquet(columns, rows, metadata);
    const found = await ask(
      bytes,
      (file) => `select decode(key) as key, decode(value) as value from parquet_kv_metadata('${file}')`,
    );
    const ours = found.filter(({ key }) => key !== 'ARROW:schema');
    expect(ours).toEqual([{ key: 'marketlake', value: '{"a":{"b":"x","y":[1,2]},"m":null,"z":1}' }]);
    expect(await ask(bytes, (file) => `select created_by from parquet_file_metadata('${file}')`)).toEqual([
      { created_by: 'parquet-wasm 0.8.0' },
    ]);
  });
});

it.each([1.5, 1e30, 2 ** 64, -(2 ** 53)])(
  'a count of %d, which no whole-number column holds exactly, makes a column of another type, and is not rounded',
  async (count) => {
    const bytes = encodeParquet([{ name: 'n', type: 'integer', nullable: true }], [{ n: count }], {});
    const [found] = await ask(bytes, (file) => `select typeof(n) as type, n::varchar as n from '${file}'`);
    expect([found?.['type'], Number(found?.['n'])]).toEqual(['DOUBLE', count]);
  },
);
