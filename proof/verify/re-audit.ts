import type { DuckDBConnection } from '@duckdb/node-api';
import type { Contract } from '../../contracts/contract.ts';
import { ContractError } from '../../contracts/contract-error.ts';
import { evaluateMany } from '../../contracts/evaluate-many.ts';
import { evaluateContract } from '../../contracts/evaluate.ts';
import type { Verdict } from '../../contracts/verdict.ts';
import { canonicalJson } from '../../lake/json.ts';
import type { ProofLake } from '../proof-lake.ts';
import type { SoundFile } from './check-cell.ts';
import { damage, type Finding } from './finding.ts';

/**
 * Audits published files of one contract again, and holds each verdict against the one that was kept. What they
 * cannot show together to be the same is audited one by one.
 */
export async function auditAgain(
  lake: ProofLake,
  connection: DuckDBConnection,
  contract: Contract,
  files: readonly SoundFile[],
): Promise<Finding[]> {
  const subjects = files.map(({ cell, file }) => ({ parquetPath: lake.store.pathOf(file), cell }));
  const verdicts = await evaluateMany(connection, contract, subjects).catch(noneTogether);
  const findings: Finding[] = [];
  for (const [index, file] of files.entries()) {
    const verdict = verdicts[index];
    if (verdict && isSame(verdict, file.audit.verdict)) continue;
    const finding = await auditOne(connection, contract, lake.store.pathOf(file.file), file);
    if (finding) findings.push(finding);
  }
  return findings;
}

/** A contract that cannot be asked of one file says so for each. */
function noneTogether(error: unknown): undefined[] {
  if (error instanceof ContractError) return [];
  throw error;
}

function isSame(verdict: unknown, kept: unknown): boolean {
  return canonicalJson(verdict) === canonicalJson(kept);
}

/** Audits one file by itself. */
async function auditOne(
  connection: DuckDBConnection,
  contract: Contract,
  parquetPath: string,
  { cell, file, audit, auditFile }: SoundFile,
): Promise<Finding | undefined> {
  const expected = `the verdict of ${auditFile}: ${summaryOf(audit.verdict)}`;
  try {
    const verdict = await evaluateContract(connection, contract, { parquetPath, cell });
    if (isSame(verdict, audit.verdict)) return undefined;
    return damage('disagrees', file, expected, summaryOf(verdict), 'audit');
  } catch (error) {
    if (error instanceof ContractError) return damage('disagrees', file, expected, error.message, 'audit');
    throw error;
  }
}

function summaryOf({ outcome, ruleCount, checks }: Verdict): string {
  const failed = checks.filter((check) => check.outcome !== 'passed').map(({ rule }) => rule);
  return `${outcome}, ${ruleCount} rules${failed.length > 0 ? `, not passed: ${failed.join(', ')}` : ''}`;
}
