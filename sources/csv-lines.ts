import { CsvError, parse } from 'csv-parse/sync';
import type { CsvFileOptions } from './csv-options.ts';
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
export function readCsvTable(body: Uint8Array, options: CsvFileOptions): CsvTable {
  const what = `the csv file ${options.file}`;
  const [header, ...lines] = linesOf(textOf(body, what), options, what, body);
  if (header === undefined) throw wrongShape(what, 'it has no header line', body);
  return { header: header.fields, lines };
}

function textOf(body: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw wrongShape(what, 'it is not UTF-8 text; save it as UTF-8', body, cause);
  }
}

function linesOf(text: string, options: CsvFileOptions, what: string, body: Uint8Array): CsvLine[] {
  const lines: CsvLine[] = [];
  try {
    parse(text, {
      delimiter: options.delimiter,
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
    throw wrongShape(what, `it is not csv (${cause.message})`, body, cause);
  }
  return lines;
}
