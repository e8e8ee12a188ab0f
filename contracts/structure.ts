import { duckdbTypes, type Column, type Contract } from './contract.ts';
import type { FileColumn } from './subject.ts';
import type { Check } from './verdict.ts';

/** What a file's own schema shows, before any row is read. */
export interface Structure {
  /** One check of the columns and their order, then one of each column's type. */
  readonly checks: readonly Check[];
  /** The contract's columns that are there with the right type: those that a check can read. */
  readonly readable: readonly string[];
}

/** Holds a file's schema against the contract's columns. */
export function checkStructure(contract: Contract, found: readonly FileColumn[]): Structure {
  const types = new Map(found.map((column) => [column.name, column.type]));
  const isReadable = (column: Column): boolean => types.get(column.name) === duckdbTypes[column.physicalType];
  return {
    checks: [checkColumns(contract, found), ...contract.columns.map((column) => checkType(column, types))],
    readable: contract.columns.filter(isReadable).map((column) => column.name),
  };
}

function checkColumns(contract: Contract, found: readonly FileColumn[]): Check {
  const wanted = contract.columns.map((column) => column.name);
  const names = found.map((column) => column.name);
  const isSame = wanted.length === names.length && wanted.every((name, index) => name === names[index]);
  return {
    rule: 'file.columns',
    severity: 'error',
    dimension: 'conformity',
    outcome: isSame ? 'passed' : 'failed',
    measured: isSame ? `${names.length} columns` : describeDifference(wanted, names),
    expected: `${wanted.length} columns in the contract's order`,
    offenders: [],
  };
}

function describeDifference(wanted: readonly string[], names: readonly string[]): string {
  const missing = wanted.filter((name) => !names.includes(name));
  const extra = names.filter((name) => !wanted.includes(name));
  const parts = [
    ...(missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
    ...(extra.length > 0 ? [`unknown: ${extra.join(', ')}`] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : `another order: ${names.join(', ')}`;
}

function checkType(column: Column, types: ReadonlyMap<string, string>): Check {
  const type = types.get(column.name);
  return {
    rule: `${column.name}.type`,
    severity: 'error',
    dimension: 'conformity',
    outcome: type === duckdbTypes[column.physicalType] ? 'passed' : 'failed',
    measured: type ?? 'absent',
    expected: duckdbTypes[column.physicalType],
    offenders: [],
  };
}
