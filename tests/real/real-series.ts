import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where real series lie; absent outside the place where they are shared. */
export const pricesFolder = join(import.meta.dirname, '../../../shared/prices');

/** One real series: how the lake is told to read it, and how a test reads it without the lake. */
export interface RealSeries {
  readonly ticker: string;
  readonly asset: Readonly<Record<string, unknown>>;
  readonly file: { readonly file: string; readonly [option: string]: unknown };
  /** The close in a line's fields, read as plainly as possible; NaN where the file has a hole. */
  readonly closeOf: (fields: readonly string[]) => number;
}

const ecb = 'eurofxref-hist.csv';

/** Bitcoin, three of the ECB's reference rates (one ends in `N/A`), and an index that also trades on NYSE holidays. */
export const realSeries: readonly RealSeries[] = [
  {
    ticker: 'BTC',
    asset: { class: 'crypto', calendar: 'every-day', currency: 'USD' },
    file: {
      file: 'btc-usd-max.csv',
      dateColumn: 'snapped_at',
      dateFormat: "yyyy-MM-dd HH:mm:ss 'UTC'",
      columns: { close: 'price', volume: 'total_volume' },
    },
    closeOf: ([, price]) => Number(price),
  },
  {
    ticker: 'EURUSD',
    asset: { class: 'fx', calendar: 'target', currency: 'USD' },
    file: { file: ecb, dateColumn: 'Date', columns: { close: 'USD' } },
    closeOf: ([, usd]) => Number(usd),
  },
  {
    ticker: 'GBPUSD',
    asset: { class: 'fx', calendar: 'target', currency: 'USD' },
    file: { file: ecb, dateColumn: 'Date', columns: { close: { divide: ['USD', 'GBP'] } } },
    closeOf: (fields) => Number(fields[1]) / Number(fields[8]),
  },
  {
    ticker: 'EURBGN',
    asset: { class: 'fx', calendar: 'file', currency: 'BGN' },
    file: { file: ecb, dateColumn: 'Date', columns: { close: 'BGN' } },
    closeOf: (fields) => Number(fields[3]),
  },
  {
    ticker: 'VIX',
    asset: { class: 'index', calendar: 'file' },
    file: {
      file: 'vix-daily.csv',
      dateColumn: 'DATE',
      columns: { open: 'OPEN', high: 'HIGH', low: 'LOW', close: 'CLOSE' },
    },
    closeOf: (fields) => Number(fields[4]),
  },
];

/** The configuration of a lake that holds these series and nothing else, to be laid over marketlake.yaml. */
export function overlayOf(series: readonly RealSeries[]): object {
  return {
    market: 'live',
    // Files alone: no API is asked.
    snapshots: [],
    assets: series.map(({ ticker, asset }) => ({
      ticker,
      ...asset,
      sources: [{ dataset: 'csv.daily_closes', symbol: ticker }],
    })),
    sources: {
      csv: {
        folder: pricesFolder,
        files: Object.fromEntries(series.map(({ ticker, file }) => [ticker, file])),
      },
    },
  };
}

/** Every close of a series within a range, by date, straight from the file's lines. */
export function closesInFile(series: RealSeries, from: string, to: string): Map<string, number> {
  const lines = readFileSync(join(pricesFolder, series.file.file), 'utf8').trim().split(/\r?\n/).slice(1);
  const closes = lines
    .map((line) => line.split(','))
    .map((fields) => [(fields[0] ?? '').slice(0, 10), series.closeOf(fields)] as const)
    .filter(([date, close]) => date >= from && date <= to && !Number.isNaN(close));
  return new Map([...closes].sort(([left], [right]) => (left < right ? -1 : 1)));
}
