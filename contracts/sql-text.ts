import type { Value } from './contract.ts';

/** Quotes a name for SQL. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a text for SQL. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Writes a value of a rule as SQL. */
export function quoteValue(value: Value): string {
  return typeof value === 'string' ? quoteText(value) : String(value);
}

/** Quotes a path such that DuckDB takes it for one file, whatever its folders are called. */
export function quotePath(path: string): string {
  return quoteText(path.replace(/[*?[]/g, '[$&]'));
}
