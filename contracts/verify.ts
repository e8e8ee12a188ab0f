import type { DuckDBConnection } from '@duckdb/node-api';
import { compileContract } from './compile.ts';
import type { CompiledCheck } from './compiled-check.ts';
import type { Contract } from './contract.ts';
import { ContractError } from './contract-error.ts';
import { emptyRelation, subjectOf } from './subject.ts';

/**
 * Runs every check of a contract on no rows at all, so that SQL which does not run stops a worker when
 * it starts and not at its first candidate.
 * @throws ContractError `ContractInvalid` that names the rule and its line.
 */
export async function verifyContract(connection: DuckDBConnection, contract: Contract): Promise<void> {
  const names = contract.columns.map((column) => column.name);
  const cell = { dataset: contract.dataset, ticker: 'ANY', date: '2000-01-01' };
  const subject = subjectOf(emptyRelation(contract), names, contract, cell);
  for (const check of compileContract(contract)) {
    try {
      const reader = await connection.runAndReadAll(`${subject} select ${check.measure} from subject`);
      if (reader.columnCount !== 1) throw new Error(`it gives ${reader.columnCount} columns, one is needed`);
      await connection.run(`${subject} select columns(*)::varchar from ${check.offenders}`);
    } catch (cause) {
      throw invalid(contract, check, cause);
    }
  }
}

function invalid(contract: Contract, check: CompiledCheck, cause: unknown): ContractError {
  const rule = contract.rules.find((candidate) => check.rule === `rule.${candidate.name}`);
  const place = rule ? `${contract.file}:${rule.line}` : contract.file;
  const found = cause instanceof Error ? cause.message : String(cause);
  return new ContractError(
    'ContractInvalid',
    `${place}: ${check.rule} does not run: ${found}. Mend its SQL.`,
    cause,
  );
}
