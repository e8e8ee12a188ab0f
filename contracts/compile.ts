import type { Contract, Dimension } from './contract.ts';
import { compileColumn, compilePrimaryKey } from './compile-columns.ts';
import { compileRule } from './compile-rule.ts';
import { countRows, none, type CompiledCheck } from './compiled-check.ts';
import { factPrefix } from './subject.ts';
import { quoteName } from './sql-text.ts';

/**
 * Turns a contract into SQL, and runs none of it. Every check is one number measured over the relation
 * `subject`, and only that relation names a file and a cell: one text serves every cell, and a `subject`
 * over many files, with the measures grouped by file, would serve many cells at once.
 */
export interface CompiledContract {
  readonly checks: readonly CompiledCheck[];
  /** One SELECT of one row that measures every check but those about many rows, then counts the rows. */
  readonly select: string;
}

const compiledContracts = new WeakMap<Contract, CompiledContract>();

/** Compiles a contract, once. */
export function compileContract(contract: Contract): CompiledContract {
  const known = compiledContracts.get(contract);
  if (known) return known;
  const checks = [
    ...compileIdentity(contract),
    ...contract.columns.flatMap(compileColumn),
    ...compilePrimaryKey(contract.primaryKey),
    ...contract.rules.map((rule) => compileRule(rule, contract)),
  ];
  const compiled = { checks, select: selectOf(checks.filter((check) => !check.isAboutManyRows)) };
  compiledContracts.set(contract, compiled);
  return compiled;
}

/** Measures some checks in one row, in their order; the last number counts the rows of `subject`. */
export function selectOf(checks: readonly CompiledCheck[]): string {
  return `select ${[...checks.map((check) => check.measure), 'count(*)'].join(', ')} from subject`;
}

const identities: readonly [column: string, fact: string, dimension: Dimension][] = [
  ['source_id', 'source', 'consistency'],
  ['resource_id', 'resource', 'consistency'],
  ['ticker_id', 'ticker', 'consistency'],
  ['bar_date', 'date', 'timeliness'],
  ['__schema_version', 'contract_version', 'consistency'],
];

/** A file must hold the cell it is to be published as. No contract can leave this out. */
function compileIdentity(contract: Contract): CompiledCheck[] {
  return identities.map(([column, fact, dimension]) => ({
    rule: `cell.${fact}`,
    severity: 'error',
    dimension,
    expected: `every ${column} is the ${fact === 'contract_version' ? `contract's version, ${contract.version}` : `cell's ${fact}`}`,
    expectation: none,
    ...countRows(`${quoteName(column)} is distinct from ${factPrefix}${fact}`, [column]),
  }));
}
