import type { Contract, Dimension } from './contract.ts';
import { compileColumn, compilePrimaryKey } from './compile-columns.ts';
import { compileRule } from './compile-rule.ts';
import { countRows, none, type CompiledCheck } from './compiled-check.ts';
import { factPrefix } from './subject.ts';
import { quoteName } from './sql-text.ts';

const compiledContracts = new WeakMap<Contract, readonly CompiledCheck[]>();

/**
 * Turns a contract into SQL, once, and runs none of it. Every check is one number measured over the relation
 * `subject`, and only that relation names a file and a cell: one text serves every cell.
 */
export function compileContract(contract: Contract): readonly CompiledCheck[] {
  const known = compiledContracts.get(contract);
  if (known) return known;
  const checks = [
    ...compileIdentity(contract),
    ...contract.columns.flatMap(compileColumn),
    ...compilePrimaryKey(contract.primaryKey),
    ...contract.rules.map((rule) => compileRule(rule, contract)),
  ];
  compiledContracts.set(contract, checks);
  return checks;
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
