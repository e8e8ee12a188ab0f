import type { DuckDBConnection } from '@duckdb/node-api';
import type { CompiledCheck } from './compiled-check.ts';
import { keyColumns, type Contract } from './contract.ts';
import { ContractError } from './contract-error.ts';
import { factPrefix, type AuditSubject, type FileColumn } from './subject.ts';

const maxOffenders = 5;

/** Reads a file's columns without reading a row: to prepare a statement costs half of DESCRIBE. */
export async function readFileColumns(connection: DuckDBConnection, relation: string): Promise<FileColumn[]> {
  const statement = await connection.prepare(`select * from ${relation}`);
  try {
    return Array.from({ length: statement.columnCount }, (_, index) => ({
      name: statement.columnName(index),
      type: statement.columnType(index).toString(),
    }));
  } finally {
    statement.destroySync();
  }
}

/** Runs a SELECT of one row of numbers. */
export async function measureRow(connection: DuckDBConnection, sql: string): Promise<(number | null)[]> {
  const reader = await connection.runAndReadAll(sql);
  const row = reader.getRowsJS()[0] ?? [];
  return row.map((value) => (value === null ? null : Number(value)));
}

/** Fetches the first rows that a failed check is about: the cell's keys and the columns it needs, as text. */
export async function readOffenders(
  connection: DuckDBConnection,
  subject: string,
  check: CompiledCheck,
): Promise<Record<string, string | null>[]> {
  const sql = `${subject} select columns(*)::varchar from ${check.offenders} limit ${maxOffenders}`;
  const reader = await connection.runAndReadAll(sql);
  const isTold = (name: string): boolean =>
    !name.startsWith(factPrefix) &&
    (check.needs.length === 0 || name in keyColumns || check.needs.includes(name));
  return reader.getRowObjectsJS().map((row) =>
    Object.fromEntries(
      Object.entries(row)
        .filter(([name]) => isTold(name))
        .map(([name, value]) => [name, typeof value === 'string' ? value : null]),
    ),
  );
}

const sqlFaults =
  /^(Parser|Binder|Catalog|Conversion|Syntax|Not implemented) Error|More than one row returned/i;
const passing = /^(INTERRUPT|Out of Memory|Connection) Error/i;

/** Says whose fault DuckDB's error is: the file's or the contract's. Interruptions stay what they are. */
export function asContractError(cause: unknown, contract: Contract, { parquetPath }: AuditSubject): unknown {
  if (!(cause instanceof Error) || cause instanceof ContractError || passing.test(cause.message))
    return cause;
  if (sqlFaults.test(cause.message)) {
    const message = `Auditing ${parquetPath}: SQL of ${contract.file} does not run (${cause.message}); mend the contract.`;
    return new ContractError('ContractInvalid', message, cause);
  }
  const message = `Auditing ${parquetPath}: it cannot be read as Parquet (${cause.message}); write the candidate again.`;
  return new ContractError('CandidateUnreadable', message, cause);
}
