import { addDays, datesBetween, daysBetween, type PartitionDate } from '../workflows/pure/cell.ts';
import { badLineWords, type BadLine } from './bad-lines.ts';
import { dateReader } from './csv-dates.ts';
import { columnsOf, quotedField, valuesReader, type LineValues } from './csv-fields.ts';
import { readCsvTable } from './csv-lines.ts';
import { csvPlaceOf, type CsvFileOptions } from './csv-options.ts';
import { partsOf, type CsvPart } from './csv-parts.ts';
import { wrongShape } from './read-json.ts';
import type { SourceError } from './source-error.ts';
import type { SourceRow } from './source.ts';

/** What a csv file, or a folder of them, says. */
export interface CsvContent {
  /** The row of each day that has exactly one line, and that a good one. */
  readonly rows: ReadonlyMap<PartitionDate, SourceRow>;
  /** In the order in which they stand. */
  readonly badLines: readonly BadLine[];
  /** Days of which a line may be whose date cannot be read: those between its neighbours' that have no line. */
  readonly doubtfulDates: ReadonlySet<PartitionDate>;
}

/** A line with its day, null where that cannot be read. */
interface DatedLine {
  readonly file: string;
  readonly lineNumber: number;
  readonly date: PartitionDate | null;
  readonly values: LineValues;
}

/** Lines further apart than any closure are in no order, and say nothing about what lies between. */
const longestGapDays = 14;
/** A file of which more cannot be read is another file than was configured. */
const badLinesAtMost = 10_000;

/**
 * Reads a csv file, or the files of a folder, by date. A day whose close is a hole has no row. Nor has one with a bad
 * line, or with two: which of them is right nobody can tell. A bad line costs no other day anything.
 * @throws SourceError `WrongShape` for missing columns, and where not one line has a date.
 */
export function readCsv(body: Uint8Array, options: CsvFileOptions): CsvContent {
  const lines = partsOf(body, csvPlaceOf(options)).flatMap((part) => linesOf(part, options));
  const twins = twinsOf(lines);
  const badLines = lines.flatMap((line) => badLineOf(line, twins.get(line)));
  if (badLines.length > badLinesAtMost) throw tooBad(badLines, options, body);
  if (badLines.length > 0 && lines.every(({ date }) => date === null)) throw tooBad(badLines, options, body);
  const rows = new Map<PartitionDate, SourceRow>();
  for (const line of lines) {
    const { date, values } = line;
    if (date !== null && values.kind === 'row' && !twins.has(line)) rows.set(date, values.row);
  }
  return { rows, badLines, doubtfulDates: doubtfulDatesOf(lines) };
}

function tooBad(badLines: readonly BadLine[], options: CsvFileOptions, body: Uint8Array): SourceError {
  const words = badLineWords({ count: badLines.length, first: badLines }, 3);
  const found = `too many of its lines cannot be read, or all: ${words}`;
  return wrongShape(`the csv file ${csvPlaceOf(options)}`, found, body);
}

function linesOf(part: CsvPart, options: CsvFileOptions): DatedLine[] {
  const { header, lines } = readCsvTable(part, options.delimiter);
  checkColumns(header, options, part);
  const dateOf = dateReader(options.dateFormat);
  const dateIndex = header.indexOf(options.dateColumn);
  const valuesOf = valuesReader(header, options);
  return lines.map((line) => {
    const text = line.fields[dateIndex] ?? '';
    const date = dateOf(text) ?? null;
    const values = date === null ? noDate(text, options) : valuesOf(line);
    return { file: part.file, lineNumber: line.lineNumber, date, values };
  });
}

function noDate(text: string, { dateColumn, dateFormat }: CsvFileOptions): LineValues {
  const found = `${quotedField(text)} in column "${dateColumn}" is no date of the form ${dateFormat}`;
  return { kind: 'bad', found };
}

function checkColumns(header: readonly string[], options: CsvFileOptions, { file, body }: CsvPart): void {
  const wanted = [options.dateColumn, ...Object.values(options.columns).flatMap((value) => columnsOf(value))];
  const trouble = wanted.find((column) => header.filter((found) => found === column).length !== 1);
  if (trouble === undefined) return;
  const found = header.filter((column) => column !== '').map((column) => column.slice(0, 40));
  const shown = found.slice(0, 60).join(', ');
  const problem = header.includes(trouble) ? 'more than one column' : 'no column';
  throw wrongShape(`the csv file ${file}`, `it has ${problem} "${trouble}"; its columns are ${shown}`, body);
}

/** Finds the lines whose day another line has too, each with one such other. */
function twinsOf(lines: readonly DatedLine[]): ReadonlyMap<DatedLine, DatedLine> {
  const firstOf = new Map<PartitionDate, DatedLine>();
  const twins = new Map<DatedLine, DatedLine>();
  for (const line of lines) {
    if (line.date === null || line.values.kind === 'hole') continue;
    const first = firstOf.get(line.date);
    if (first === undefined) firstOf.set(line.date, line);
    else {
      twins.set(line, first);
      if (!twins.has(first)) twins.set(first, line);
    }
  }
  return twins;
}

function badLineOf({ file, lineNumber, date, values }: DatedLine, twin: DatedLine | undefined): BadLine[] {
  if (values.kind === 'bad') return [{ file, lineNumber, date, found: values.found }];
  if (twin === undefined || date === null) return [];
  const found = `its date ${date} is also that of line ${twin.lineNumber} of ${twin.file}`;
  return [{ file, lineNumber, date, found }];
}

/** A line without a date must not make its day look closed: until it is mended, the days that it may be of are open. */
function doubtfulDatesOf(lines: readonly DatedLine[]): ReadonlySet<PartitionDate> {
  const doubtful = new Set<PartitionDate>();
  if (!lines.some(({ date }) => date === null)) return doubtful;
  const known = new Set(lines.map(({ date }) => date));
  let before: PartitionDate | null = null;
  let isUndated = false;
  for (const { date } of lines) {
    if (date === null) {
      isUndated = true;
      continue;
    }
    if (isUndated && before !== null) {
      for (const between of datesWithin(before, date)) if (!known.has(between)) doubtful.add(between);
    }
    before = date;
    isUndated = false;
  }
  return doubtful;
}

/** The days between two, in whichever order they come; none where they lie too far apart. */
function datesWithin(one: PartitionDate, other: PartitionDate): readonly PartitionDate[] {
  const [from, to] = one < other ? [one, other] : [other, one];
  return daysBetween(from, to) > longestGapDays ? [] : datesBetween(addDays(from, 1), addDays(to, -1));
}
