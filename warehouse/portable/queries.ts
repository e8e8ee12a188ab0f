import {
  firstByte,
  isNode,
  listIn,
  literalType,
  nodeIn,
  nodesIn,
  textIn,
  type Complaint,
  type Node,
} from './tree.ts';

/** Finds clauses of a SELECT or a set operation that other engines lack or read in another way. */
export function queryFindings(node: Node, sizeBytes: number): Complaint[] {
  switch (textIn(node, 'type')) {
    case 'SELECT_NODE':
      return [...selectFindings(node, sizeBytes), ...aliasFindings(node), ...modifierFindings(node)];
    case 'SET_OPERATION_NODE':
      return [...setFindings(node), ...modifierFindings(node)];
    case 'RECURSIVE_CTE_NODE':
      return [{ found: 'a recursive with', instead: 'write a window, or compute it before the warehouse' }];
    default:
      return [];
  }
}

function setFindings(node: Node): Complaint[] {
  if (textIn(node, 'setop_type') !== 'UNION_BY_NAME') return [];
  return [{ found: 'union by name', instead: 'name the columns in the same order and write union all' }];
}

function selectFindings(node: Node, sizeBytes: number): Complaint[] {
  const groups = listIn(node, 'group_expressions');
  const select = listIn(node, 'select_list');
  const rules: readonly [isThere: boolean, found: string, instead: string, at: unknown][] = [
    [
      isNode(node['qualify']),
      'qualify',
      'number the rows in a CTE and write where in the next',
      node['qualify'],
    ],
    [isNode(node['sample']), 'a sample', 'leave it out', node['from_table']],
    [textIn(node, 'aggregate_handling') === 'FORCE_AGGREGATES', 'group by all', 'name the columns', select],
    [listIn(node, 'group_sets').length > 1, 'grouping sets', 'write one group by each and union all', groups],
    [groups.some(isPosition), 'group by a position', 'name the column', groups],
    [isFromFirst(node, sizeBytes), 'from before select', 'write select first', node['from_table']],
  ];
  return rules.filter(([isThere]) => isThere).map(([, found, instead, at]) => ({ found, instead, at }));
}

function isPosition(expression: unknown): boolean {
  return isNode(expression) && literalType(expression) !== '';
}

function isFromFirst(node: Node, sizeBytes: number): boolean {
  const from = firstByte(node['from_table'], sizeBytes);
  const select = firstByte(listIn(node, 'select_list')[0], sizeBytes);
  return (
    from !== undefined &&
    select !== undefined &&
    from < select &&
    textIn(nodeIn(node, 'from_table'), 'type') !== 'EXPRESSION_LIST'
  );
}

/** Finds bare names that are aliases of the same SELECT: the new column here, the old one or an error elsewhere. */
function aliasFindings(node: Node): Complaint[] {
  const aliases = new Set(nodesIn(node, 'select_list').map((item) => textIn(item, 'alias')));
  const clauses = ['select_list', 'where_clause', 'group_expressions', 'having'].map((field) => node[field]);
  return bareNames(clauses)
    .filter(({ name }) => aliases.has(name))
    .map(({ name, at }) => ({
      found: `${name} is an alias of the same select`,
      instead: 'name the table of the column, or make the alias in a CTE before',
      at,
    }));
}

/** Lists names without a table; those in a subquery may mean something of its own. */
function bareNames(value: unknown): { readonly name: string; readonly at: Node }[] {
  if (Array.isArray(value)) return value.flatMap(bareNames);
  if (!isNode(value) || textIn(value, 'class') === 'SUBQUERY') return [];
  const [name, ...more] = listIn(value, 'column_names');
  if (typeof name === 'string' && more.length === 0) return [{ name, at: value }];
  return Object.values(value).flatMap(bareNames);
}

function modifierFindings(node: Node): Complaint[] {
  return nodesIn(node, 'modifiers').flatMap((modifier) => {
    switch (textIn(modifier, 'type')) {
      case 'ORDER_MODIFIER':
        return nodesIn(modifier, 'orders').flatMap(orderFindings);
      case 'DISTINCT_MODIFIER': {
        const at = listIn(modifier, 'distinct_on_targets');
        const instead = 'number the rows with row_number and keep the first';
        return at.length === 0 ? [] : [{ found: 'distinct on', instead, at }];
      }
      case 'LIMIT_MODIFIER':
        return isNode(modifier['offset'])
          ? [{ found: 'offset', instead: 'number the rows with row_number', at: modifier }]
          : [];
      default:
        return [{ found: 'a limit in percent', instead: 'number the rows with ntile', at: modifier }];
    }
  });
}

/** Finds an order of the result that does not say where nulls go, or that names columns by place. */
function orderFindings(order: Node): Complaint[] {
  const at = nodeIn(order, 'expression');
  if (textIn(at, 'class') === 'STAR') return [{ found: 'order by all', instead: 'name the columns', at }];
  if (isPosition(at)) return [{ found: 'order by a position', instead: 'name the column', at }];
  if (textIn(order, 'null_order') !== 'ORDER_DEFAULT') return [];
  return [{ found: 'order by without a place for nulls', instead: 'write nulls last', at }];
}
