import type { CsvLine } from './csv-lines.ts';
import type { CsvFileOptions, CsvValue } from './csv-options.ts';
import type { SourceRow } from './source.ts';

/** What a line's values are: a row; nothing on purpose, since its close is a hole; or what is wrong with it. */
export type LineValues =
  | { readonly kind: 'row'; readonly row: SourceRow }
  | { readonly kind: 'hole' }
  | { readonly kind: 'bad'; readonly found: string };

/** What stands in one place: a number, nothing on purpose, or text that is no number. */
type Value = number | null | { readonly found: string };

const aNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const shownCharacters = 40;

/** Lists the columns of the file that the configuration takes values from. */
export function columnsOf(value: CsvValue | undefined): readonly string[] {
  if (value === undefined) return [];
  if (typeof value === 'string') return [value];
  return 'divide' in value ? value.divide : [value.inverse];
}

/** Prepares the reading of a file's lines, by what its header says. */
export function valuesReader(
  header: readonly string[],
  options: CsvFileOptions,
): (line: CsvLine) => LineValues {
  const { close, ...others } = options.columns;
  const wanted = Object.entries(others).filter(([, value]) => value !== undefined);
  const valueOf = valueReader(header, new Set(options.nullText));
  return ({ fields }) => {
    const shifted = shiftOf(fields, header);
    if (shifted !== undefined) return { kind: 'bad', found: shifted };
    const first = valueOf(fields, close);
    if (first === null) return { kind: 'hole' };
    if (typeof first === 'object') return { kind: 'bad', found: first.found };
    const row: Record<string, number | null> = { close: first };
    for (const [name, from] of wanted) {
      const value = valueOf(fields, from);
      if (typeof value === 'object' && value !== null) return { kind: 'bad', found: value.found };
      row[name] = value;
    }
    return { kind: 'row', row };
  };
}

/**
 * Tells of a line with another number of fields than the header. It is bad throughout: a stray comma shifts its
 * values into wrong columns, where they would look right.
 */
function shiftOf(fields: readonly string[], header: readonly string[]): string | undefined {
  if (fields.length === header.length) return undefined;
  if (fields.length > header.length && fields.slice(header.length).every((field) => field === ''))
    return undefined;
  return `it has ${fields.length} fields, where the header has ${header.length}`;
}

function valueReader(
  header: readonly string[],
  holes: ReadonlySet<string>,
): (fields: readonly string[], value: CsvValue | undefined) => Value {
  const indexOfColumn = new Map(header.map((column, index) => [column, index]));
  const numberIn = (fields: readonly string[], column: string): Value => {
    const text = fields[indexOfColumn.get(column) ?? -1] ?? '';
    if (holes.has(text)) return null;
    const number = aNumber.test(text) ? Number(text) : NaN;
    return Number.isFinite(number) ? number : { found: noNumber(text, column) };
  };
  return (fields, value) => {
    if (typeof value === 'string') return numberIn(fields, value);
    const numbers: number[] = [];
    let isHole = false;
    for (const column of columnsOf(value)) {
      const number = numberIn(fields, column);
      if (typeof number === 'object' && number !== null) return number;
      if (number === null) isHole = true;
      else numbers.push(number);
    }
    return isHole ? null : computed(numbers, columnsOf(value));
  };
}

function computed([first, second]: readonly number[], columns: readonly string[]): Value {
  if (first === undefined) return null;
  const result = second === undefined ? 1 / first : first / second;
  return Number.isFinite(result)
    ? result
    : { found: `column "${columns.at(-1) ?? ''}" is 0, by which nothing is divided` };
}

function noNumber(text: string, column: string): string {
  const hasThousands = /^[+-]?\d{1,3}([,.' \u00a0\u202f]\d{3})+([.,]\d+)?$/.test(text);
  const advice = hasThousands ? '; write numbers with a point and without thousands separators' : '';
  return `${quotedField(text)} in column "${column}" is no number${advice}`;
}

/** Quotes a field's beginning for a message. */
export function quotedField(text: string): string {
  return JSON.stringify(text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text);
}
