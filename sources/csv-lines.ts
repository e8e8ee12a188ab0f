import { CsvError, parse } from 'csv-parse/sync';
import type { CsvPart } from './csv-parts.ts';
import { wrongShape } from './read-json.ts';

/** One line of data and where it stands in the file, counted from 1. */
export interface CsvLine {
  readonly lineNumber: number;
  readonly fields: readonly string[];
}

/** A csv file taken apart: its header and its lines, blank ones left out. */
export interface CsvTable {
  readonly header: readonly string[];
  readonly lines: readonly CsvLine[];
}

/**
 * Takes a csv file apart, quotes, CRLF and byte order mark included; values are not read yet.
 * @throws SourceError `WrongShape` for a body that is no text, has an open quote, or has no header.
 */
export function readCsvTable(part: CsvPart, delimiter: string): CsvTable {
  const text = textOf(part);
  const [header, ...lines] = text.includes('"')
    ? quotedLines(text, delimiter, part)
    : plainLines(text, delimiter);
  if (header === undefined) throw wrongShape(`the csv file ${part.file}`, 'it has no header line', part.body);
  return { header: header.fields, lines };
}

function textOf({ file, body }: CsvPart): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw wrongShape(`the csv file ${file}`, 'it is not UTF-8 text; save it as UTF-8', body, cause);
  }
}

/** Without a quote every line end ends a line, and every delimiter a field: no parser is needed. */
function plainLines(text: string, delimiter: string): CsvLine[] {
  const lines: CsvLine[] = [];
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    const fields = line.split(delimiter).map((field) => field.trim());
    if (fields.some((field) => field !== '')) lines.push({ lineNumber: index + 1, fields });
  }
  return lines;
}

function quotedLines(text: string, delimiter: string, { file, body }: CsvPart): CsvLine[] {
  const lines: CsvLine[] = [];
  try {
    parse(text, {
      delimiter,
      relax_column_count: true,
      skip_records_with_empty_values: true,
      trim: true,
      // Collected here, since only this hook gives the line's number with its fields.
      on_record: (fields: string[], context): null => {
        lines.push({ lineNumber: context.lines, fields });
        return null;
      },
    });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw wrongShape(`the csv file ${file}`, `it is not csv (${cause.message})`, body, cause);
  }
  return lines;
}
