import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cells, rowsInFile } from './published-cells.ts';
import { whilePublishing } from './loop.ts';

const root = mkdtempSync(join(tmpdir(), 'readers-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const lapsNeeded = 40;
const globs = ['bronze/**/*.parquet', 'bronze/source=*/resource=*/ticker=*/date=*/data.parquet'];

async function ask(connection: DuckDBConnection, sql: string): Promise<Record<string, unknown>[]> {
  return (await connection.runAndReadAll(sql)).getRowObjectsJson();
}

async function withDuckDb(use: (connection: DuckDBConnection) => Promise<void>): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await use(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

describe('DuckDB, reading bronze while another process publishes', () => {
  it('sees every cell whole in one round or another, with either glob, and never more or less', async () => {
    const seen: Record<string, unknown>[] = [];
    const rounds = await whilePublishing(root, () =>
      withDuckDb(async (connection) => {
        for (let lap = 0; lap < lapsNeeded; lap += 1) {
          const found = await ask(
            connection,
            `select count(*)::integer as cells, min(n)::integer as fewest, max(n)::integer as most,
               count(*) filter (low <> high)::integer as mixed, max(high)::integer as newest
             from (select ticker_id, bar_date, count(*) as n, min(close) as low, max(close) as high
               from read_parquet('${root}/${globs[lap % 2] ?? ''}', hive_partitioning = true) group by all)`,
          );
          seen.push(...found);
        }
      }),
    );
    const whole = { cells: cells.length, fewest: rowsInFile, most: rowsInFile, mixed: 0 };
    expect(seen).toHaveLength(lapsNeeded);
    for (const { newest, ...counts } of seen) {
      expect(counts).toEqual(whole);
      expect(Number(newest)).toBeLessThanOrEqual(rounds);
    }
    const newest = seen.map((row) => Number(row['newest']));
    expect(newest).toEqual([...newest].sort((left, right) => left - right));
    expect(rounds).toBeGreaterThan(1);
  });

  it('reads the keys of the path with their types, next to the typed keys in the file', async () => {
    await withDuckDb(async (connection) => {
      const types = `hive_types = { 'source': varchar, 'resource': varchar, 'ticker': varchar, 'date': date }`;
      const from = `from read_parquet('${root}/${globs[1] ?? ''}', hive_partitioning = true, ${types})`;
      expect(
        await ask(connection, `select distinct typeof(ticker) as ticker, typeof(date) as date ${from}`),
      ).toEqual([{ ticker: 'VARCHAR', date: 'DATE' }]);
      const keys = await ask(
        connection,
        `select distinct ticker, ticker_id, date::varchar as date ${from} order by all`,
      );
      expect(keys).toHaveLength(cells.length);
      expect(keys.filter(({ ticker, ticker_id: id }) => ticker !== id)).toEqual([]);
      expect(
        await ask(
          connection,
          `select count(*)::integer as n ${from} where date <> bar_date or source <> 'massive'`,
        ),
      ).toEqual([{ n: 0 }]);
    });
  });
});
