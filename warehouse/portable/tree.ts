/** A node of the parser's tree, of which nothing is known but that it is an object. */
export type Node = Readonly<Record<string, unknown>>;

/** What a rule says of a node. */
export interface Complaint {
  readonly found: string;
  readonly instead: string;
  /** The part of the tree that is to blame; without it, the node itself. */
  readonly at?: unknown;
}

/** Tells whether a value of the tree is a node. */
export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Lists the values in one field of a node; none where it holds no list. */
export function listIn(node: Node | undefined, field: string): readonly unknown[] {
  const value: unknown = node?.[field];
  return Array.isArray(value) ? value : [];
}

/** Lists the nodes in one field of a node. */
export function nodesIn(node: Node | undefined, field: string): Node[] {
  return listIn(node, field).filter(isNode);
}

/** Gives the node in one field of a node. */
export function nodeIn(node: Node | undefined, field: string): Node | undefined {
  const value = node?.[field];
  return isNode(value) ? value : undefined;
}

/** Gives the text in one field of a node; empty where there is none. */
export function textIn(node: Node | undefined, field: string): string {
  const value = node?.[field];
  return typeof value === 'string' ? value : '';
}

/** The name of the function that a node calls, in lower case; empty where it calls none. */
export function functionOf(node: Node | undefined): string {
  return textIn(node, 'function_name').toLowerCase();
}

/** The type of a literal (`INTEGER`, `DOUBLE`, `DECIMAL`, …); empty where the node is none. */
export function literalType(node: Node | undefined): string {
  return textIn(node, 'class') === 'CONSTANT' ? textIn(nodeIn(nodeIn(node, 'value'), 'type'), 'id') : '';
}

/** The value of a literal; undefined where the node is none. */
export function literalValue(node: Node | undefined): unknown {
  return textIn(node, 'class') === 'CONSTANT' ? nodeIn(node, 'value')?.['value'] : undefined;
}

/** The type that a node casts to; empty where it is no cast. */
export function castType(node: Node | undefined): string {
  return textIn(node, 'class') === 'CAST' ? textIn(nodeIn(node, 'cast_type'), 'id') : '';
}

/** Tells whether a node makes an interval, as the parser writes `interval '1' day`. */
export function isInterval(node: Node | undefined): boolean {
  return /^to_(years|months|days|hours|minutes|seconds)$/.test(functionOf(node));
}

/** Tells whether two trees are the same expression, wherever each stands. */
export function isSameExpression(one: Node | undefined, other: Node | undefined): boolean {
  const bare = (node: Node | undefined): string =>
    JSON.stringify(node, (key, value: unknown) => (key === 'query_location' ? undefined : value));
  return bare(one) === bare(other);
}

/** The first place in the text, in bytes below `size`, that a part of the tree comes from. */
export function firstByte(value: unknown, size: number): number | undefined {
  const children: readonly unknown[] = Array.isArray(value)
    ? value
    : isNode(value)
      ? Object.values(value)
      : [];
  const own = isNode(value) ? value['query_location'] : undefined;
  const places = children.map((child) => firstByte(child, size)).filter((place) => place !== undefined);
  // The parser writes the largest number of all where it knows no place.
  if (typeof own === 'number' && own < size) places.push(own);
  return places.length === 0 ? undefined : Math.min(...places);
}
