import type { PartitionDate } from '../workflows/pure/cell.ts';
import { fileRequest, readLocalFile } from './csv-file.ts';
import type { CsvFileOptions } from './csv-options.ts';
import { readCsvRows } from './csv-rows.ts';
import { rememberPages } from './remember.ts';
import { cannotAsk } from './request-path.ts';
import { SourceError } from './source-error.ts';
import type { Ask, Resource, Source } from './source.ts';
import type { UsualFiles } from './usual.ts';

const name = 'csv';
const usual: UsualFiles = {
  isLocal: true,
  folder: 'data/csv',
  final: { time: '00:00', timeZone: 'UTC' },
};

/** How the configured files are read, by the symbol their assets use. */
export type CsvFiles = Readonly<Record<string, CsvFileOptions>>;

/** Builds the source `csv`: local files of dates and prices. A symbol is the name of a configured file. */
export function csvSource(files: CsvFiles): Source {
  return { name, usual, resources: { daily_closes: dailyClosesResource(files) } };
}

/** Lists the days of a file, sorted: those with a close, unreadable closes included. For calendars. */
export function datesOfFile(body: Uint8Array, options: CsvFileOptions): PartitionDate[] {
  return [...readCsvRows(body, options).keys()].sort();
}

function dailyClosesResource(files: CsvFiles): Resource {
  const rowsOf = rememberPages((body, ask) => readCsvRows(body, optionsOf(files, ask)));
  return {
    coverage: { maxRangeDays: null, rangeEndsToday: false, groupOf: () => null },
    firstPage: (ask) => fileRequest(optionsOf(files, ask).file),
    send: readLocalFile,
    readPage: ({ body }, ask) => ({
      rowCount: [...rowsOf(body, ask).values()].reduce((count, rows) => count + rows.length, 0),
    }),
    rowsOfCell: (pages, ask, cell) =>
      ask.kind === 'range' && ask.symbol === cell.symbol
        ? pages.flatMap(({ body }) => rowsOf(body, ask).get(cell.date) ?? [])
        : [],
  };
}

function optionsOf(files: CsvFiles, ask: Ask): CsvFileOptions {
  if (ask.kind !== 'range') {
    throw cannotAsk(name, 'a file is no whole market', 'Ask for one symbol and a range of dates.');
  }
  const options = Object.hasOwn(files, ask.symbol) ? files[ask.symbol] : undefined;
  if (options !== undefined) return options;
  const known = Object.keys(files).join(', ') || 'none';
  throw new SourceError(
    'SymbolUnknown',
    `Looking for the csv file of "${ask.symbol}": sources.csv.files has ${known}. Add an entry, or correct the asset’s symbol.`,
  );
}
