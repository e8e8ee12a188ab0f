import type { DuckDBConnection } from '@duckdb/node-api';
import { compileContract } from './compile.ts';
import type { Contract } from './contract.ts';
import { ContractError } from './contract-error.ts';
import { evaluateContract, judge } from './evaluate.ts';
import { measuredIn, type Measurement } from './one-row.ts';
import { checkStructure, type Structure } from './structure.ts';
import { listOfPaths, subjectOfMany, type AuditSubject, type FileColumn } from './subject.ts';
import type { Verdict } from './verdict.ts';

/**
 * Holds many candidates against one contract, with a SELECT for all of them where one for each would cost the most of
 * an audit. Each has the verdict that it would have by itself: a file that is not whole, has not the contract's columns
 * or not exactly one row is looked at by itself.
 * @returns the verdicts in the order of the subjects; undefined where a file cannot be read as Parquet.
 */
export async function evaluateMany(
  connection: DuckDBConnection,
  contract: Contract,
  subjects: readonly AuditSubject[],
): Promise<(Verdict | undefined)[]> {
  const measurements = await measureMany(connection, contract, subjects).catch(() => undefined);
  const verdicts: (Verdict | undefined)[] = [];
  for (const subject of subjects) {
    const measurement = measurements?.get(subject.parquetPath);
    verdicts.push(
      measurement
        ? await judge(connection, contract, subject, measurement)
        : await evaluateAlone(connection, contract, subject),
    );
  }
  return verdicts;
}

async function evaluateAlone(
  connection: DuckDBConnection,
  contract: Contract,
  subject: AuditSubject,
): Promise<Verdict | undefined> {
  try {
    return await evaluateContract(connection, contract, subject);
  } catch (error) {
    if (error instanceof ContractError && error.code === 'CandidateUnreadable') return undefined;
    throw error;
  }
}

/** Measures the files of one row that have the contract's columns; the others are not among the answers. */
async function measureMany(
  connection: DuckDBConnection,
  contract: Contract,
  subjects: readonly AuditSubject[],
): Promise<ReadonlyMap<string, Measurement>> {
  const checks = compileContract(contract);
  // A rule that asks `subject` for itself would be answered about all files together.
  if (checks.some((check) => check.ofOneRow.isAlone)) return new Map();
  const structures = await readStructures(connection, contract, subjects);
  const whole = subjects.filter(({ parquetPath }) => structures.has(parquetPath));
  if (whole.length === 0) return new Map();
  const selected = ['cell__file', ...checks.map((check) => check.ofOneRow.sql)].join(', ');
  const sql = `${subjectOfMany(whole, contract)} select ${selected} from subject`;
  const byPath = new Map<string, readonly unknown[] | undefined>();
  for (const row of (await connection.runAndReadAll(sql)).getRowsJS()) {
    const path = typeof row[0] === 'string' ? row[0] : '';
    // A second row of one file: it is looked at by itself.
    byPath.set(path, byPath.has(path) ? undefined : row);
  }
  const measurements = new Map<string, Measurement>();
  for (const [path, row] of byPath) {
    const structure = structures.get(path);
    if (row && structure) measurements.set(path, { structure, measured: measuredIn(row, checks) });
  }
  return measurements;
}

/** The structure of every file that has the contract's columns; nearly always it is one and the same. */
async function readStructures(
  connection: DuckDBConnection,
  contract: Contract,
  subjects: readonly AuditSubject[],
): Promise<ReadonlyMap<string, Structure>> {
  const reader = await connection.runAndReadAll(`
    with files as (
      select file_name, list(name order by column_id) as names, list(duckdb_type order by column_id) as types
      from parquet_schema(${listOfPaths(subjects)}) where num_children is null group by file_name
    )
    select list(file_name) as paths, names, types from files group by names, types`);
  const structures = new Map<string, Structure>();
  for (const row of reader.getRowObjectsJS()) {
    const [paths, names, types] = [row['paths'], row['names'], row['types']].map(texts);
    const columns = names?.map((name, index): FileColumn => ({ name, type: types?.[index] ?? '' })) ?? [];
    const structure = checkStructure(contract, columns);
    if (structure.checks.some(({ outcome }) => outcome !== 'passed')) continue;
    for (const path of paths ?? []) structures.set(path, structure);
  }
  return structures;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
