import { isDateLike, isDouble, isInteger, isNeverZero, numberOf } from './types.ts';
import {
  castType,
  functionOf,
  isInterval,
  isNode,
  isSameExpression,
  literalType,
  nodeIn,
  nodesIn,
  textIn,
  type Complaint,
  type Node,
} from './tree.ts';

/** Finds sums, divisions and roundings that come out differently elsewhere, where the text alone shows it. */
export function arithmeticFinding(node: Node, parents: readonly Node[]): Complaint | undefined {
  const [left, right] = nodesIn(node, 'children');
  switch (functionOf(node)) {
    case '/':
      return divisionFinding(left, right, [node, ...parents]);
    case '+':
    case '-':
      return dateFinding(left, right, parents);
    default:
      return roundingFinding(node);
  }
}

function divisionFinding(
  left: Node | undefined,
  right: Node | undefined,
  path: readonly Node[],
): Complaint | undefined {
  const sides = [left, right];
  const hasWholeLiteral = sides.some((side) => literalType(side) === 'INTEGER');
  if (!sides.some(isDouble) && (hasWholeLiteral || sides.every(isInteger))) {
    return {
      found: 'a division of whole numbers, which Trino cuts off',
      instead: 'write literals as 2.0e0 and cast columns to double',
    };
  }
  if (isNeverZero(right) || isGuarded(right, path)) return undefined;
  return { found: 'a divisor that may be zero', instead: 'write nullif(divisor, 0.0e0)' };
}

/** Tells whether the division stands in the THEN of a CASE whose condition keeps zero out. */
function isGuarded(divisor: Node | undefined, path: readonly Node[]): boolean {
  return path.some((check, index) => {
    const condition = nodeIn(check, 'when_expr');
    if (condition === undefined || check['then_expr'] !== path[index - 1]) return false;
    return conditions(condition).some(
      (one) => isSameExpression(nodeIn(one, 'left'), divisor) && keepsZeroOut(one),
    );
  });
}

function keepsZeroOut(comparison: Node): boolean {
  const bound = numberOf(nodeIn(comparison, 'right'));
  if (bound === undefined) return false;
  switch (textIn(comparison, 'type')) {
    case 'COMPARE_NOTEQUAL':
      return bound === 0;
    case 'COMPARE_GREATERTHAN':
      return bound >= 0;
    case 'COMPARE_LESSTHAN':
      return bound <= 0;
    default:
      return false;
  }
}

function conditions(node: Node): Node[] {
  return textIn(node, 'type') === 'CONJUNCTION_AND' ? nodesIn(node, 'children').flatMap(conditions) : [node];
}

function dateFinding(
  left: Node | undefined,
  right: Node | undefined,
  parents: readonly Node[],
): Complaint | undefined {
  if (!isNode(right)) return undefined;
  const hasInterval = isInterval(left) || isInterval(right) || castType(right) === 'INTERVAL';
  if (!isDateLike(left) && !isDateLike(right)) return undefined;
  if (!hasInterval) {
    return {
      found: 'a date plus or minus a date or a number',
      instead: 'reckon with the day_number of marts.dim_dates',
    };
  }
  if (castType(parents[0]) === 'DATE') return undefined;
  return {
    found: 'a date plus or minus an interval, which is a timestamp in DuckDB only',
    instead: 'write cast(… as date) around it, or reckon with day_number',
  };
}

function roundingFinding(node: Node): Complaint | undefined {
  if (!/^(TINYINT|SMALLINT|INTEGER|BIGINT)$/.test(castType(node))) return undefined;
  const child = nodeIn(node, 'child');
  if (!isDouble(child) || ['floor', 'ceil', 'round'].includes(functionOf(child))) return undefined;
  return {
    found: 'a double cast to a whole number, rounded here and cut off elsewhere',
    instead: 'write floor, ceil or round inside the cast',
  };
}
