import type { PartitionDate } from '../workflows/pure/cell.ts';
import { badLineWords, keptBadLines } from './bad-lines.ts';
import { fileRequest, readLocalFile } from './csv-file.ts';
import type { CsvFileOptions } from './csv-options.ts';
import { readCsv, type CsvContent } from './csv-rows.ts';
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
const linesShown = 3;

/** How the configured files are read, by the symbol their assets use. */
export type CsvFiles = Readonly<Record<string, CsvFileOptions>>;

type ValueColumn = keyof CsvFileOptions['columns'];

/** Builds the source `csv`: local files of dates and prices. A symbol is the name of a configured file or folder. */
export function csvSource(files: CsvFiles): Source {
  return {
    name,
    usual,
    resources: {
      daily_closes: csvResource(files, 'daily_closes', []),
      daily_bars: csvResource(files, 'daily_bars', ['open', 'high', 'low']),
    },
  };
}

/**
 * Lists the days of a file, sorted: those with a close, those with a bad line, and those of which a line without a
 * date may be. For calendars: what is not listed is closed.
 */
export function datesOfFile(body: Uint8Array, options: CsvFileOptions): PartitionDate[] {
  const { rows, badLines, doubtfulDates } = readCsv(body, options);
  const badDates = badLines.flatMap(({ date }) => (date === null ? [] : [date]));
  return [...new Set([...rows.keys(), ...badDates, ...doubtfulDates])].sort();
}

/** Makes a resource of the files whose configuration names at least these columns beside the close. */
function csvResource(files: CsvFiles, resource: string, needed: readonly ValueColumn[]): Resource {
  const contentOf = rememberPages((body, ask) => readCsv(body, optionsOf(files, ask)));
  const isOf = (ask: Ask, symbol: string): boolean => ask.kind === 'range' && ask.symbol === symbol;
  return {
    coverage: { maxRangeDays: null, rangeEndsToday: false, groupOf: () => null },
    firstPage: (ask) => {
      const options = optionsOf(files, ask);
      checkNeeded(options, resource, needed);
      return fileRequest(options);
    },
    send: readLocalFile,
    readPage: ({ body }, ask) => {
      const { rows, badLines } = contentOf(body, ask);
      const kept = keptBadLines(badLines);
      return { rowCount: rows.size, ...(kept === undefined ? {} : { badLines: kept }) };
    },
    rowsOfCell: (pages, ask, { symbol, date }) =>
      isOf(ask, symbol) ? pages.flatMap(({ body }) => asList(contentOf(body, ask).rows.get(date))) : [],
    whyNoRow: (pages, ask, { symbol, date }) =>
      isOf(ask, symbol)
        ? pages.map(({ body }) => whyNot(contentOf(body, ask), date)).find((why) => why !== undefined)
        : undefined,
  };
}

function asList<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}

/** Says which lines took a day its row, or may have done so. */
function whyNot({ badLines }: CsvContent, date: PartitionDate): string | undefined {
  const own = badLines.filter((line) => line.date === date);
  if (own.length > 0)
    return `what it has of it cannot be read: ${badLineWords({ count: own.length, first: own }, linesShown)}`;
  const undated = badLines.filter((line) => line.date === null);
  if (undated.length === 0) return undefined;
  const words = badLineWords({ count: undated.length, first: undated }, linesShown);
  return `a line whose date cannot be read may be of it: ${words}`;
}

function checkNeeded({ columns }: CsvFileOptions, resource: string, needed: readonly ValueColumn[]): void {
  const missing = needed.filter((column) => columns[column] === undefined);
  if (missing.length === 0) return;
  throw cannotAsk(
    name,
    `${name}.${resource} needs ${missing.join(', ')}, which the file’s "columns" do not name`,
    'Name them in sources.csv.files, or take the asset from csv.daily_closes.',
  );
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
