import {
  castType,
  functionOf,
  listIn,
  literalType,
  literalValue,
  nodeIn,
  nodesIn,
  textIn,
  type Node,
} from './tree.ts';

const doubleFunctions: ReadonlySet<string> = new Set([
  ...['/', 'ln', 'sqrt', 'power', 'exp', 'floor', 'ceil', 'avg', 'stddev_samp', 'stddev_pop', 'var_samp'],
  ...['var_pop', 'corr', 'covar_samp', 'covar_pop', 'regr_slope', 'percent_rank'],
]);

const integerFunctions: ReadonlySet<string> = new Set([
  ...['count', 'count_star', 'row_number', 'rank', 'dense_rank', 'ntile', 'length'],
  ...['year', 'month', 'day', 'date_part'],
]);

/** Functions whose answer is of the kind of their first argument. */
const likeTheFirst: ReadonlySet<string> = new Set([
  ...['nullif', 'round', 'abs', 'min', 'max', 'min_by', 'max_by', 'lag', 'lead', 'first_value'],
]);

const sums: ReadonlySet<string> = new Set(['+', '-', '*']);

/** Tells whether an expression is a double for certain, whatever the types of its columns. */
export function isDouble(node: Node | undefined): boolean {
  if (literalType(node) === 'DOUBLE' || castType(node) === 'DOUBLE') return true;
  const name = functionOf(node);
  if (likeTheFirst.has(name)) return isDouble(nodesIn(node, 'children')[0]);
  return doubleFunctions.has(name) || (sums.has(name) && nodesIn(node, 'children').some(isDouble));
}

/** Tells whether an expression is a whole number for certain, whatever the types of its columns. */
export function isInteger(node: Node | undefined): boolean {
  if (/^(INTEGER|BIGINT)$/.test(literalType(node) || castType(node))) return true;
  const name = functionOf(node);
  if (likeTheFirst.has(name)) return isInteger(nodesIn(node, 'children')[0]);
  return integerFunctions.has(name) || (sums.has(name) && nodesIn(node, 'children').every(isInteger));
}

/** Tells whether an expression is a date, by a cast or by the name that columns of dates have in this house. */
export function isDateLike(node: Node | undefined): boolean {
  if (castType(node) === 'DATE') return true;
  if (textIn(node, 'class') === 'COLUMN_REF')
    return /_date$/.test(String(listIn(node, 'column_names').at(-1)));
  const isLikeTheFirst = likeTheFirst.has(functionOf(node)) || textIn(node, 'type') === 'OPERATOR_COALESCE';
  return isLikeTheFirst && isDateLike(nodesIn(node, 'children')[0]);
}

/** Tells whether an expression is null or another number than zero for certain. */
export function isNeverZero(node: Node | undefined): boolean {
  const children = nodesIn(node, 'children');
  if (castType(node) !== '') return isNeverZero(nodeIn(node, 'child'));
  switch (functionOf(node)) {
    case 'nullif':
      return numberOf(children[1]) === 0;
    case 'exp':
      return true;
    case 'abs':
    case 'sqrt':
    case 'power':
      return isNeverZero(children[0]);
    case '-':
      return children.length === 1 && isNeverZero(children[0]);
    case '*':
      return children.every(isNeverZero);
    default:
      return (numberOf(node) ?? 0) !== 0;
  }
}

/** The number that a literal stands for, cast or not; undefined where the expression is none. */
export function numberOf(node: Node | undefined): number | undefined {
  if (castType(node) !== '') return numberOf(nodeIn(node, 'child'));
  return /^(INTEGER|BIGINT|DOUBLE)$/.test(literalType(node)) ? Number(literalValue(node)) : undefined;
}
