import type { DuckDBConnection } from '@duckdb/node-api';
import { compileContract } from '../../contracts/compile.ts';
import type { Contract } from '../../contracts/contract.ts';
import { ContractError } from '../../contracts/contract-error.ts';
import { evaluateContract } from '../../contracts/evaluate.ts';
import { meets } from '../../contracts/expectation.ts';
import { quoteName, quotePath, quoteText } from '../../contracts/sql-text.ts';
import { checkStructure } from '../../contracts/structure.ts';
import { factPrefix } from '../../contracts/subject.ts';
import type { Verdict } from '../../contracts/verdict.ts';
import { canonicalJson } from '../../lake/json.ts';
import { splitDataset } from '../../workflows/pure/cell.ts';
import type { ProofLake } from '../proof-lake.ts';
import type { SoundFile } from './check-cell.ts';
import { damage, type Finding } from './finding.ts';

/** A file of a lake and the sound file it stands for in a query. */
type ByPath = ReadonlyMap<string, SoundFile>;

/**
 * Audits published files of one contract again, and holds each verdict against the one that was kept. One query
 * measures all files of one row; only what it cannot show to be the same is audited one by one.
 */
export async function auditAgain(
  lake: ProofLake,
  connection: DuckDBConnection,
  contract: Contract,
  files: readonly SoundFile[],
): Promise<Finding[]> {
  const byPath = new Map(files.map((file) => [lake.store.pathOf(file.file), file]));
  const same = await sameVerdicts(connection, contract, byPath);
  const findings: Finding[] = [];
  for (const [path, file] of byPath) {
    if (same.has(path)) continue;
    const finding = await auditOne(connection, contract, path, file);
    if (finding) findings.push(finding);
  }
  return findings;
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
    if (canonicalJson(verdict) === canonicalJson(audit.verdict)) return undefined;
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

/** The files whose verdict is the kept one, as one query over all of them shows. */
async function sameVerdicts(
  connection: DuckDBConnection,
  contract: Contract,
  byPath: ByPath,
): Promise<ReadonlySet<string>> {
  const checks = compileContract(contract);
  // A rule with a query of its own asks about its whole subject, which here would be all files.
  if (checks.some(({ ofOneRow }) => ofOneRow.ifNull === null)) return new Set();
  const reader = await connection.runAndReadAll(measureAll(contract, byPath)).catch(() => undefined);
  if (!reader) return new Set();
  const columns = reader
    .columnNames()
    .map((name, index) => ({ name, type: String(reader.columnType(index)) }))
    .slice(0, -checks.length)
    .filter(({ name }) => !name.startsWith(factPrefix));
  const structure = checkStructure(contract, columns).checks;
  const same = new Set<string>();
  const seen = new Set<string>();
  for (const row of reader.getRowsJS()) {
    const [path] = row;
    if (typeof path !== 'string') continue;
    const numbers = row.slice(-checks.length);
    const measured = checks.map((check, index) => {
      const value = numbers[index] ?? check.ofOneRow.ifNull;
      const number = value === null ? null : Number(value);
      const { rule, severity, dimension, expected, expectation } = check;
      const outcome = meets(number, expectation) ? 'passed' : 'failed';
      return { rule, severity, dimension, expected, outcome, measured: String(number), offenders: [] };
    });
    const all = [...structure, ...measured];
    const isPassed = all.every(({ outcome }) => outcome === 'passed');
    const verdict = { outcome: 'passed', ruleCount: all.length, checks: all };
    const kept = byPath.get(path)?.audit.verdict;
    const isOnly = !seen.has(path);
    seen.add(path);
    if (isOnly && isPassed && kept && canonicalJson(verdict) === canonicalJson(kept)) same.add(path);
    else same.delete(path);
  }
  return same;
}

/** One row a row of a file: its path, what its cell dictates, its columns, then a number for each check. */
function measureAll(contract: Contract, byPath: ByPath): string {
  const { source, resource } = splitDataset(contract.dataset);
  const paths = [...byPath.keys()];
  const cells = [...byPath].map(
    ([path, { cell }]) => `(${quoteText(path)}, ${quoteText(cell.ticker)}, date ${quoteText(cell.date)})`,
  );
  const fact = (name: string, sql: string): string => `${sql} as ${factPrefix}${name}`;
  const facts = [
    fact('path', 'known.path'),
    fact('ticker', 'known.ticker'),
    fact('date', 'known.date'),
    fact('source', quoteText(source)),
    fact('resource', quoteText(resource)),
    fact('contract_version', quoteText(contract.version)),
  ];
  const read = `read_parquet([${paths.map(quotePath).join(', ')}], hive_partitioning = false, filename = ${quoteText(`${factPrefix}file`)})`;
  const checks = compileContract(contract).map(
    ({ ofOneRow }, index) => `${ofOneRow.sql} as ${quoteName(`check ${index}`)}`,
  );
  return `with subject as (
    select ${facts.join(', ')}, file.*
    from ${read} as file
    inner join (values ${cells.join(', ')}) as known (path, ticker, date) on file.${factPrefix}file = known.path)
  select *, ${checks.join(', ')} from subject`;
}
