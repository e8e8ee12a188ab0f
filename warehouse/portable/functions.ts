import {
  functionOf,
  listIn,
  literalType,
  nodeIn,
  nodesIn,
  textIn,
  type Complaint,
  type Node,
} from './tree.ts';

/** Functions and operators that were seen to answer alike on DuckDB, Spark and Trino, by the parser's names. */
const portable: ReadonlySet<string> = new Set([
  ...['+', '-', '*', '/', '%', '||', '~~', '!~~'],
  ...['ln', 'sqrt', 'abs', 'round', 'floor', 'ceil', 'power', 'exp', 'nullif'],
  ...['concat_ws', 'upper', 'lower', 'substr', 'substring', 'length', 'replace', 'trim'],
  ...['year', 'month', 'day', 'date_part'],
  ...['count', 'count_star', 'sum', 'avg', 'min', 'max', 'min_by', 'max_by'],
  ...['stddev_samp', 'stddev_pop', 'var_samp', 'var_pop', 'corr', 'covar_samp', 'covar_pop', 'regr_slope'],
  ...['row_number', 'rank', 'dense_rank', 'percent_rank', 'ntile', 'first_value', 'lag', 'lead'],
  ...['to_years', 'to_months', 'to_days', 'to_hours', 'to_minutes', 'to_seconds'],
]);

/** What `extract(… from …)` may take out: weekdays count from other days elsewhere. */
const portableParts: ReadonlySet<string> = new Set(['year', 'quarter', 'month', 'day']);

const useDimDates = 'take it from marts.dim_dates';
const useCase = 'write a case, which says what becomes of null';
const useMinBy = 'write min_by or max_by';
const useRowNumber = 'number the rows with row_number and take the middle ones';
const noNesting = 'keep one value a column and one row a value';
const useDayNumber = 'subtract the day_number of marts.dim_dates';

/** What to write in the place of functions that are often reached for. */
const instead: Readonly<Record<string, string>> = {
  '//': 'write floor(a / b) of doubles',
  '**': 'write power(a, b)',
  '^': 'write power(a, b)',
  '~~*': 'write lower(a) like lower(b)',
  '!~~*': 'write lower(a) not like lower(b)',
  '->': noNesting,
  '->>': noNesting,
  arg_max: useMinBy,
  arg_min: useMinBy,
  array_agg: noNesting,
  concat: 'write a || b, which is null where one of them is',
  date_add: useDayNumber,
  date_diff: useDayNumber,
  date_sub: useDayNumber,
  date_trunc: useDimDates,
  datediff: useDayNumber,
  dayofweek: useDimDates,
  dayofyear: useDimDates,
  first: useMinBy,
  generate_series: useDimDates,
  greatest: useCase,
  hash: 'compare the columns themselves',
  isodow: useDimDates,
  last: useMinBy,
  last_day: useDimDates,
  last_value: 'order the other way and write first_value',
  least: useCase,
  list: noNesting,
  list_value: noNesting,
  log: 'write ln(a), or ln(a) / ln(10.0e0)',
  log10: 'write ln(a) / ln(10.0e0)',
  mad: useRowNumber,
  median: useRowNumber,
  quantile_cont: useRowNumber,
  quarter: 'write extract(quarter from a)',
  range: useDimDates,
  row: noNesting,
  stddev: 'write stddev_samp',
  struct_pack: noNesting,
  time_bucket: 'write ms - ms % width on a number of milliseconds',
  unnest: noNesting,
  variance: 'write var_samp',
  weekday: useDimDates,
};

/** Finds a function outside the portable ones, or one of them in a form of its own. */
export function functionFinding(node: Node): Complaint | undefined {
  const isWindow = textIn(node, 'class') === 'WINDOW';
  if (textIn(node, 'class') !== 'FUNCTION' && !isWindow) return undefined;
  const name = functionOf(node);
  if (!portable.has(name)) {
    const hint = instead[name] ?? 'write it with the functions of the portable subset';
    return { found: `${name} is not in the portable subset`, instead: hint };
  }
  return (
    partFinding(node, name) ??
    intervalFinding(node, name) ??
    orderedFinding(node, name) ??
    (isWindow ? windowFinding(node) : undefined)
  );
}

function partFinding(node: Node, name: string): Complaint | undefined {
  if (name !== 'date_part') return undefined;
  const part = textIn(nodeIn(nodesIn(node, 'children')[0], 'value'), 'value');
  if (portableParts.has(part)) return undefined;
  return { found: `extract of ${part || 'what is no literal'}`, instead: useDimDates };
}

/** `interval '1' day` is the only form that all three read; the parser keeps the quotes as the literal's type. */
function intervalFinding(node: Node, name: string): Complaint | undefined {
  if (!name.startsWith('to_') || innermostLiteral(node) === 'VARCHAR') return undefined;
  return { found: 'an interval without quotes, or made by a function', instead: "write interval '1' day" };
}

function innermostLiteral(node: Node): string {
  const child = nodesIn(node, 'children')[0] ?? nodeIn(node, 'child');
  return child === undefined ? literalType(node) : innermostLiteral(child);
}

function orderedFinding(node: Node, name: string): Complaint | undefined {
  if (listIn(nodeIn(node, 'order_bys'), 'orders').length + listIn(node, 'arg_orders').length === 0) {
    return undefined;
  }
  return { found: `an order inside ${name}(…)`, instead: useMinBy };
}

function windowFinding(node: Node): Complaint | undefined {
  const bounds = `${textIn(node, 'start')} ${textIn(node, 'end')}`;
  if (node['ignore_nulls'] === true) {
    return { found: 'ignore nulls', instead: 'count the values so far and take max of each such group' };
  }
  if (node['distinct'] === true)
    return { found: 'distinct in a window', instead: 'aggregate before joining' };
  if (textIn(node, 'exclude_clause') !== 'NO_OTHER') {
    return { found: 'exclude in a window', instead: 'take the row itself off the sum' };
  }
  if (/EXPR_\w+_RANGE|GROUPS/.test(bounds)) {
    return { found: 'a window of range or groups', instead: 'write rows between … and …' };
  }
  return undefined;
}
