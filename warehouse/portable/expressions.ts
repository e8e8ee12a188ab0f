import { castType, listIn, literalType, nodeIn, textIn, type Complaint, type Node } from './tree.ts';

const portableClasses: ReadonlySet<string> = new Set([
  ...['COLUMN_REF', 'CONSTANT', 'CAST', 'COMPARISON', 'CONJUNCTION', 'FUNCTION', 'WINDOW'],
  ...['OPERATOR', 'CASE', 'BETWEEN', 'SUBQUERY', 'STAR'],
]);

const portableOperators: ReadonlySet<string> = new Set([
  ...['OPERATOR_NOT', 'OPERATOR_IS_NULL', 'OPERATOR_IS_NOT_NULL', 'OPERATOR_COALESCE'],
  ...['COMPARE_IN', 'COMPARE_NOT_IN'],
]);

const portableTypes: ReadonlySet<string> = new Set([
  ...['BOOLEAN', 'INTEGER', 'BIGINT', 'DOUBLE', 'DECIMAL', 'DATE', 'TIMESTAMP', 'VARCHAR'],
]);

const clocks: ReadonlySet<string> = new Set(['current_date', 'current_time', 'current_timestamp']);

const noNesting = 'keep one value a column and one row a value';

/** Finds an expression that other engines lack, spell in another way or answer in another way. */
export function expressionFinding(node: Node, parents: readonly Node[], code: string): Complaint | undefined {
  const kind = textIn(node, 'class');
  switch (kind) {
    case '':
      return undefined;
    case 'COLUMN_REF':
      return columnFinding(node);
    case 'CONSTANT':
      return literalFinding(node);
    case 'CAST':
      return castFinding(node, code);
    case 'STAR':
      return starFinding(node, parents, code);
    case 'SUBQUERY':
      return subqueryFinding(node);
    case 'OPERATOR':
      return operatorFinding(node);
    default:
      return portableClasses.has(kind) ? undefined : { found: words(kind), instead: noNesting };
  }
}

function columnFinding(node: Node): Complaint | undefined {
  const names = listIn(node, 'column_names').map(String);
  if (names.length > 2) {
    return { found: names.join('.'), instead: 'give the table an alias and write alias.column' };
  }
  if (names.length > 1 || !clocks.has(names[0] ?? '')) return undefined;
  return { found: `${names[0]}, which reads the clock`, instead: 'take the last day of the data' };
}

function literalFinding(node: Node): Complaint | undefined {
  if (literalType(node) !== 'DECIMAL') return undefined;
  return { found: 'a decimal literal, which divides and rounds in other ways', instead: 'write 1.0e0' };
}

function castFinding(node: Node, code: string): Complaint | undefined {
  const type = castType(node);
  const written = writtenCast(node, code);
  if (written.startsWith('::')) return { found: 'a cast with ::', instead: 'write cast(a as type)' };
  if (!portableTypes.has(type)) {
    return {
      found: `a cast to ${type.toLowerCase()}`,
      instead:
        "cast to boolean, integer, bigint, double, decimal(p, s), date or timestamp; write interval '1' day",
    };
  }
  if (type !== 'VARCHAR' || /\bas\s+varchar\s*\(\s*\d+\s*\)\s*\)$/i.test(written)) return undefined;
  return { found: 'a cast to text without a length, which Spark refuses', instead: 'write varchar(n)' };
}

/** The text of a cast, up to its closing bracket. */
function writtenCast(node: Node, code: string): string {
  const start = node['query_location'];
  if (typeof start !== 'number' || start >= code.length) return '';
  let depth = 0;
  for (let end = start; end < code.length; end++) {
    if (code[end] === '(') depth++;
    if (code[end] === ')' && --depth <= 0) return code.slice(start, end + 1);
  }
  return code.slice(start);
}

function starFinding(node: Node, parents: readonly Node[], code: string): Complaint | undefined {
  const lists = ['exclude_list', 'qualified_exclude_list', 'replace_list', 'rename_list'];
  const start = node['query_location'];
  if (textIn(parents[0], 'null_order') !== '') return undefined;
  // The parser makes up the star of a FROM without SELECT, and says that it stands at the top of the file.
  if (
    typeof start === 'number' &&
    start < code.length &&
    !/^(?:\*|\w+\s*\.|columns\b)/i.test(code.slice(start))
  ) {
    return { found: 'from without select', instead: 'write select * from', at: parents[0]?.['from_table'] };
  }
  const isAlone = textIn(parents[0], 'type') === 'SELECT_NODE' && node['columns'] !== true;
  if (isAlone && lists.every((list) => listIn(node, list).length === 0)) return undefined;
  return { found: 'a star that leaves out, renames or picks columns', instead: 'name the columns' };
}

function subqueryFinding(node: Node): Complaint | undefined {
  const isIn = textIn(node, 'comparison_type') === 'COMPARE_EQUAL';
  if (textIn(node, 'subquery_type') !== 'ANY' || isIn) return undefined;
  return { found: 'a comparison with any or all of a subquery', instead: 'compare with its min or max' };
}

function operatorFinding(node: Node): Complaint | undefined {
  const type = textIn(node, 'type');
  if (portableOperators.has(type)) return undefined;
  return { found: words(type), instead: noNesting, at: nodeIn(node, 'child') ?? node };
}

function words(name: string): string {
  return `a ${name.toLowerCase().replaceAll('_', ' ')}`;
}
