import { DateTime } from 'luxon';
import { isPartitionDate, type PartitionDate } from '../workflows/pure/cell.ts';
import { readCsvTable, type CsvLine } from './csv-lines.ts';
import type { CsvFileOptions, CsvValue } from './csv-options.ts';
import { wrongShape } from './read-json.ts';
import { indexRows, type RowIndex } from './remember.ts';
import type { SourceRow } from './source.ts';

/** What a field holds: a number, nothing on purpose (`hole`), or text that is no number (`bad`). */
type Field = number | 'hole' | 'bad';

/** Reads one named column of a line. */
type FieldReader = (line: CsvLine, column: string) => Field;

const isoFormat = 'yyyy-MM-dd';
const shownLines = 5;

/**
 * Reads a csv file's rows by date. A day whose close is a hole has no row. A line with a readable date but
 * bad values keeps its row with nulls, so that the audit refuses that day and no other.
 * @throws SourceError `WrongShape` for missing columns, and for lines whose date cannot be read.
 */
export function readCsvRows(body: Uint8Array, options: CsvFileOptions): RowIndex {
  const { header, lines } = readCsvTable(body, options);
  const what = `the csv file ${options.file}`;
  checkColumns(header, options, what, body);
  const dateOf = dateReader(options.dateFormat);
  const dateIndex = header.indexOf(options.dateColumn);
  const dated = lines.map((line) => ({ line, date: dateOf(line.fields[dateIndex] ?? '') }));
  const undated = dated.filter(({ date }) => date === undefined).map(({ line }) => line.lineNumber);
  if (undated.length > 0) throw wrongShape(what, undatedLines(undated, options), body);
  const fieldOf = fieldReader(header, options.nullText);
  const rows = dated.flatMap(({ line, date }) => {
    const row = rowOf(line, options, fieldOf);
    return row === undefined || date === undefined ? [] : [{ date, row }];
  });
  return indexRows(
    rows,
    ({ date }) => date,
    ({ row }) => row,
  );
}

function undatedLines(lineNumbers: readonly number[], options: CsvFileOptions): string {
  const shown = lineNumbers.slice(0, shownLines).join(', ');
  const more = lineNumbers.length > shownLines ? ` and ${lineNumbers.length - shownLines} more` : '';
  return `line ${shown}${more} has no date of the form ${options.dateFormat} in column "${options.dateColumn}"`;
}

function checkColumns(
  header: readonly string[],
  options: CsvFileOptions,
  what: string,
  body: Uint8Array,
): void {
  const wanted = [options.dateColumn, ...Object.values(options.columns).flatMap((value) => columnsOf(value))];
  const trouble = wanted.find((column) => header.filter((found) => found === column).length !== 1);
  if (trouble === undefined) return;
  const found = header.filter((column) => column !== '').map((column) => column.slice(0, 40));
  const shown = found.slice(0, 60).join(', ');
  const problem = header.includes(trouble) ? 'more than one column' : 'no column';
  throw wrongShape(what, `it has ${problem} "${trouble}"; its columns are ${shown}`, body);
}

function columnsOf(value: CsvValue | undefined): readonly string[] {
  if (value === undefined) return [];
  if (typeof value === 'string') return [value];
  return 'divide' in value ? value.divide : [value.inverse];
}

/** Prepares the reading of dates; the common form is read without a parser, since files have decades of lines. */
function dateReader(format: string): (text: string) => PartitionDate | undefined {
  if (format === isoFormat) return (text) => (isPartitionDate(text) ? text : undefined);
  const parser = DateTime.buildFormatParser(format, { locale: 'en-US' });
  return (text) => {
    const date = DateTime.fromFormatParser(text, parser, { zone: 'utc', locale: 'en-US' });
    const iso = date.isValid ? date.toUTC().toFormat(isoFormat) : '';
    return isPartitionDate(iso) ? iso : undefined;
  };
}

/**
 * Prepares the reading of fields. A line with another number of fields than the header is bad throughout: a
 * stray comma shifts its values into wrong columns, where they would look right.
 */
function fieldReader(header: readonly string[], nullText: readonly string[]): FieldReader {
  const holes = new Set(nullText);
  const indexOfColumn = new Map(header.map((column, index) => [column, index]));
  return ({ fields }, column) => {
    const isShifted =
      fields.length < header.length || fields.slice(header.length).some((field) => field !== '');
    const text = fields[indexOfColumn.get(column) ?? -1];
    if (isShifted || text === undefined) return 'bad';
    if (holes.has(text)) return 'hole';
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : 'bad';
  };
}

function rowOf(line: CsvLine, options: CsvFileOptions, fieldOf: FieldReader): SourceRow | undefined {
  const { close, ...others } = options.columns;
  const closeField = valueOf(line, close, fieldOf);
  if (closeField === 'hole') return undefined;
  const row: Record<string, number | null> = { close: numberOrNull(closeField) };
  for (const [name, value] of Object.entries(others)) {
    if (value !== undefined) row[name] = numberOrNull(valueOf(line, value, fieldOf));
  }
  return row;
}

function valueOf(line: CsvLine, value: CsvValue, fieldOf: FieldReader): Field {
  const fields = columnsOf(value).map((column) => fieldOf(line, column));
  if (fields.includes('bad')) return 'bad';
  const numbers = fields.filter((field) => typeof field === 'number');
  const [first, second] = numbers;
  if (first === undefined || numbers.length < fields.length) return 'hole';
  if (typeof value === 'string') return first;
  return second === undefined ? 1 / first : first / second;
}

function numberOrNull(field: Field): number | null {
  return typeof field === 'number' ? field : null;
}
