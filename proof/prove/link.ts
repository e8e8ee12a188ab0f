/** The links of the chain from a number to the request that brought it, in this order. */
export const linkNames = [
  'number',
  'file',
  'record',
  'audit',
  'contract',
  'batch',
  'answer',
  'request',
  'rebuilt',
] as const;

/** One link of the chain. */
export interface Link {
  readonly name: (typeof linkNames)[number];
  readonly isSound: boolean;
  /** What was looked at and found, a line each, for people. */
  readonly lines: readonly string[];
}

/** A link that holds. */
export function sound(name: Link['name'], ...lines: string[]): Link {
  return { name, isSound: true, lines };
}

/** A link that is broken. */
export function broken(name: Link['name'], ...lines: string[]): Link {
  return { name, isSound: false, lines };
}
