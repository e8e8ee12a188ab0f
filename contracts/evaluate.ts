import type { DuckDBConnection } from '@duckdb/node-api';
import type { CellKey } from '../workflows/pure/cell.ts';
import { compileContract, selectOf } from './compile.ts';
import type { CompiledCheck } from './compiled-check.ts';
import type { Contract } from './contract.ts';
import { meets } from './expectation.ts';
import { measureOneRow, type Measurement } from './one-row.ts';
import { asContractError, measureRow, readFileColumns, readOffenders } from './run-sql.ts';
import { checkStructure } from './structure.ts';
import { fileRelation, subjectOf, type AuditSubject } from './subject.ts';
import type { Check, Outcome, Verdict } from './verdict.ts';

/**
 * Reads a candidate back and holds it against its contract and its cell. A file of one row that keeps every
 * rule costs one SELECT; offenders are fetched for failed checks only.
 * @throws ContractError `CandidateUnreadable` where the file is no whole Parquet file.
 */
export async function evaluateContract(
  connection: DuckDBConnection,
  contract: Contract,
  subject: AuditSubject,
): Promise<Verdict> {
  try {
    return await evaluate(connection, contract, subject);
  } catch (cause) {
    throw asContractError(cause, contract, subject);
  }
}

async function evaluate(
  connection: DuckDBConnection,
  contract: Contract,
  subject: AuditSubject,
): Promise<Verdict> {
  const { parquetPath, cell } = subject;
  const relation = fileRelation(parquetPath);
  const measurement =
    (await measureOneRow(connection, relation, contract, cell)) ??
    (await measureRows(connection, relation, contract, cell));
  return judge(connection, contract, subject, measurement);
}

/** Holds what was measured of a candidate against what its contract wants. */
export async function judge(
  connection: DuckDBConnection,
  contract: Contract,
  { parquetPath, cell }: AuditSubject,
  { structure, measured }: Measurement,
): Promise<Verdict> {
  const relation = fileRelation(parquetPath);
  const { readable } = structure;
  const subject = subjectOf(relation, readable, contract, cell);
  const checks = [...structure.checks];
  for (const check of compileContract(contract)) {
    const value = measured.get(check);
    checks.push(
      value === undefined ? notEvaluated(check, readable) : await resultOf(connection, subject, check, value),
    );
  }
  return { outcome: outcomeOf(checks), ruleCount: checks.length, checks };
}

/** The general way: the file's schema, then aggregates over what of it can be read. */
async function measureRows(
  connection: DuckDBConnection,
  relation: string,
  contract: Contract,
  cell: CellKey,
): Promise<Measurement> {
  const structure = checkStructure(contract, await readFileColumns(connection, relation));
  const { readable } = structure;
  const checks = compileContract(contract);
  const isReadable = (check: CompiledCheck): boolean => check.needs.every((name) => readable.includes(name));
  const single = checks.filter((check) => isReadable(check) && !check.isAboutManyRows);
  const many = checks.filter((check) => isReadable(check) && check.isAboutManyRows);
  const subject = subjectOf(relation, readable, contract, cell);
  const numbers = await measureRow(connection, `${subject} ${selectOf(single)}`);
  const rowCount = numbers.at(-1) ?? 0;
  const zeros = many.map(() => 0);
  const more = rowCount > 1 ? await measureRow(connection, `${subject} ${selectOf(many)}`) : zeros;
  return { structure, measured: new Map([...pair(single, numbers), ...pair(many, more)]) };
}

function pair(
  checks: readonly CompiledCheck[],
  numbers: readonly (number | null)[],
): [CompiledCheck, number | null][] {
  return checks.map((check, index) => [check, numbers[index] ?? null]);
}

async function resultOf(
  connection: DuckDBConnection,
  subject: string,
  check: CompiledCheck,
  measured: number | null,
): Promise<Check> {
  const isMet = meets(measured, check.expectation);
  return {
    ...factsOf(check),
    outcome: isMet ? 'passed' : 'failed',
    measured: String(measured),
    offenders: isMet ? [] : await readOffenders(connection, subject, check),
  };
}

function notEvaluated(check: CompiledCheck, readable: readonly string[]): Check {
  const lacking = check.needs.filter((name) => !readable.includes(name));
  return {
    ...factsOf(check),
    outcome: 'not-evaluated',
    measured: `needs ${lacking.join(', ')}`,
    offenders: [],
  };
}

function factsOf({
  rule,
  severity,
  dimension,
  expected,
}: CompiledCheck): Omit<Check, 'outcome' | 'measured' | 'offenders'> {
  return { rule, severity, dimension, expected };
}

/** An error-severity check that could not run refuses the candidate as one that failed does. */
function outcomeOf(checks: readonly Check[]): Outcome {
  if (checks.every((check) => check.outcome === 'not-evaluated')) return 'not-evaluated';
  return checks.some((check) => check.severity === 'error' && check.outcome !== 'passed')
    ? 'failed'
    : 'passed';
}
