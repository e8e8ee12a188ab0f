import { nodeIn, textIn, type Complaint, type Node } from './tree.ts';

const portableTables: ReadonlySet<string> = new Set([
  'BASE_TABLE',
  'JOIN',
  'SUBQUERY',
  'EMPTY',
  'EXPRESSION_LIST',
]);

const insteadOfTable: Readonly<Record<string, string>> = {
  TABLE_FUNCTION: 'read a model, a seed or marts.dim_dates',
  PIVOT: 'write avg(case when …) for each column',
};

/** Finds tables and joins in a FROM that other engines lack. */
export function tableFindings(node: Node): Complaint[] {
  const from = nodeIn(node, 'from_table');
  return from === undefined ? [] : sourceFindings(from);
}

function sourceFindings(table: Node): Complaint[] {
  const type = textIn(table, 'type');
  if (!portableTables.has(type)) {
    const found = `a ${type.toLowerCase().replaceAll('_', ' ')} in from`;
    return [{ found, instead: insteadOfTable[type] ?? 'read a model or a seed', at: table }];
  }
  const own: Complaint[] = [];
  if (table['sample']) own.push({ found: 'a sample', instead: 'leave it out', at: table });
  if (table['at_clause']) own.push({ found: 'at (…)', instead: 'read the table as it is', at: table });
  if (type !== 'JOIN') return own;
  const sides = ['left', 'right'].flatMap((side) => sourceFindings(nodeIn(table, side) ?? {}));
  return [...own, ...joinFindings(table), ...sides];
}

function joinFindings(join: Node): Complaint[] {
  const at = nodeIn(join, 'right');
  const kind = textIn(join, 'ref_type');
  const type = textIn(join, 'join_type');
  if (kind === 'ASOF') {
    const instead = 'join on <=, number the rows with row_number and keep the first';
    return [{ found: 'asof join', instead, at }];
  }
  if (kind !== 'REGULAR' && kind !== 'CROSS') {
    return [{ found: `${kind.toLowerCase()} join`, instead: 'write join … on the columns', at }];
  }
  if (type === 'SEMI' || type === 'ANTI') {
    return [{ found: `${type.toLowerCase()} join`, instead: 'write where exists, or not exists', at }];
  }
  return [];
}
