import type { Column, Contract, Rule } from './contract.ts';

/** How far a change reaches: `breaking` for readers, `compatible`, or `words` that no file and no verdict depends on. */
export type Reach = 'breaking' | 'compatible' | 'words';

/** What one contract says otherwise than another of the same dataset. */
export interface ContractDifference {
  readonly addedColumns: readonly string[];
  readonly removedColumns: readonly string[];
  readonly retypedColumns: readonly { readonly name: string; readonly from: string; readonly to: string }[];
  /** Rules by their names in verdicts, such as `close.minimum` or `rule.one_row`. */
  readonly addedRules: readonly string[];
  readonly removedRules: readonly string[];
  readonly changedRules: readonly string[];
  /** What it promises of its prices beside columns and rules: `priceTolerancePct`, `fixing`. */
  readonly changedTerms: readonly string[];
  readonly reach: Reach;
}

/** Compares a contract with the one before it. */
export function contractDifference(before: Contract, after: Contract): ContractDifference {
  const old = new Map(before.columns.map((column) => [column.name, column]));
  const now = new Map(after.columns.map((column) => [column.name, column]));
  const rules = differenceOf(rulesOf(before), rulesOf(after));
  const parts = {
    addedColumns: [...now.keys()].filter((name) => !old.has(name)),
    removedColumns: [...old.keys()].filter((name) => !now.has(name)),
    retypedColumns: after.columns.flatMap((column) => retyped(old.get(column.name), column)),
    addedRules: rules.added,
    removedRules: rules.removed,
    changedRules: rules.changed,
    changedTerms: changedTerms(before, after),
  };
  return { ...parts, reach: reachOf(before, after, parts) };
}

function retyped(
  before: Column | undefined,
  { name, physicalType }: Column,
): ContractDifference['retypedColumns'] {
  if (!before || before.physicalType === physicalType) return [];
  return [{ name, from: before.physicalType, to: physicalType }];
}

/** Every rule by its name in verdicts, with all that decides about it as a text to compare. */
function rulesOf(contract: Contract): Map<string, string> {
  const ofColumns = contract.columns.flatMap(({ name, required, unique, limits, pattern }) => [
    ...(required ? [[`${name}.required`, ''] as const] : []),
    ...(unique ? [[`${name}.unique`, ''] as const] : []),
    ...limits.map(({ kind, value }) => [`${name}.${kind}`, String(value)] as const),
    ...(pattern === undefined ? [] : [[`${name}.pattern`, pattern] as const]),
  ]);
  const key =
    contract.primaryKey.length > 0 ? [['primary_key.unique', contract.primaryKey.join(' ')] as const] : [];
  return new Map([
    ...ofColumns,
    ...key,
    ...contract.rules.map((rule) => [`rule.${rule.name}`, textOf(rule)] as const),
  ]);
}

function changedTerms(before: Contract, after: Contract): string[] {
  const isChanged = (name: 'priceTolerancePct' | 'fixing'): boolean =>
    JSON.stringify(before[name]) !== JSON.stringify(after[name]);
  return (['priceTolerancePct', 'fixing'] as const).filter(isChanged);
}

/** Where a rule stands in its file does not matter. */
function textOf({ line: _line, dimension: _dimension, ...rule }: Rule): string {
  return JSON.stringify(rule);
}

function differenceOf(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): { added: string[]; removed: string[]; changed: string[] } {
  return {
    added: [...after.keys()].filter((name) => !before.has(name)),
    removed: [...before.keys()].filter((name) => !after.has(name)),
    changed: [...after]
      .filter(([name, text]) => before.has(name) && before.get(name) !== text)
      .map(([name]) => name),
  };
}

/**
 * A reader breaks by a column that is gone or of another type, by nulls where none were, by other rows in a cell, and by
 * a price that was of one instant and is of another.
 */
function reachOf(before: Contract, after: Contract, parts: Omit<ContractDifference, 'reach'>): Reach {
  const isLaxer = parts.removedRules.some(
    (name) => name.endsWith('.required') && !isOfColumn(name, parts.removedColumns),
  );
  const areOtherRows =
    before.rowsPerCell !== after.rowsPerCell || before.primaryKey.join(' ') !== after.primaryKey.join(' ');
  const isOfAnotherInstant = before.fixing !== null && parts.changedTerms.includes('fixing');
  const areColumnsLost = parts.removedColumns.length > 0 || parts.retypedColumns.length > 0;
  if (areColumnsLost || isLaxer || areOtherRows || isOfAnotherInstant) return 'breaking';
  const isSame =
    Object.values(parts).every((names) => names.length === 0) && before.emptyAnswer === after.emptyAnswer;
  return isSame ? 'words' : 'compatible';
}

function isOfColumn(rule: string, columns: readonly string[]): boolean {
  return columns.some((name) => rule === `${name}.required`);
}
