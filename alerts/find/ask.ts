/** Asks the lake's index one SELECT with named parameters; rows come as plain JSON values. */
export type Ask = (
  sql: string,
  values?: Record<string, string>,
) => Promise<readonly Record<string, unknown>[]>;
