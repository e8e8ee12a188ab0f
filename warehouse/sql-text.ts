/** Quotes a text as a SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Quotes a name as a SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a path for DuckDB's file functions, which read `*`, `?` and `[` in it as a pattern. */
export function filePath(path: string): string {
  return literal(path.replace(/[[*?]/g, '[$&]'));
}

/** A place in a text, both from 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** Finds line and column of a byte offset (from 0) in a text's UTF-8 form, as DuckDB's binder counts. */
export function positionOfByte(text: string, byte: number): TextPosition {
  return endOf(Buffer.from(text, 'utf8').subarray(0, byte).toString('utf8'));
}

/** Finds line and column of a character offset (from 0), as DuckDB's parser counts. */
export function positionOfCharacter(text: string, character: number): TextPosition {
  return endOf([...text].slice(0, character).join(''));
}

function endOf(before: string): TextPosition {
  const lines = before.split('\n');
  return { line: lines.length, column: [...(lines.at(-1) ?? '')].length + 1 };
}
