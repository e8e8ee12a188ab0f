import type { DuckDBConnection } from '@duckdb/node-api';
import { fileRelation } from '../contracts/subject.ts';

/**
 * Tells whether two Parquet files hold the same rows, as often each, whatever their bytes: what a reader sees
 * is compared in both directions.
 */
export async function holdSameRows(
  connection: DuckDBConnection,
  leftPath: string,
  rightPath: string,
): Promise<boolean> {
  const [left, right] = [fileRelation(leftPath), fileRelation(rightPath)];
  const only = (one: string, other: string): string =>
    `(select count(*) from (select * from ${one} except all select * from ${other}))`;
  const sql = `select ${only(left, right)} + ${only(right, left)} as differing`;
  try {
    const reader = await connection.runAndReadAll(sql);
    return Number(reader.getRowsJS()[0]?.[0]) === 0;
  } catch (error) {
    // Other columns cannot be compared at all; anything else is no answer.
    if (error instanceof Error && /^Binder Error/.test(error.message)) return false;
    throw error;
  }
}
