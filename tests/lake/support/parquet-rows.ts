import type { ParquetColumn, ParquetValue } from '../../../lake/parquet.ts';

/** One column of every type. */
export const columns: readonly ParquetColumn[] = [
  { name: 'ticker_id', type: 'string', nullable: true },
  { name: 'bar_date', type: 'date', nullable: true },
  { name: 'close', type: 'number', nullable: true },
  { name: 'volume', type: 'integer', nullable: true },
  { name: '__ingested_at', type: 'timestamp', nullable: true },
  { name: 'is_open', type: 'boolean', nullable: true },
];

/** Rows with awkward values: far dates, exact decimals, nulls, text of several scripts. */
export const rows: readonly Readonly<Record<string, ParquetValue>>[] = [
  {
    ticker_id: 'BRK/B',
    bar_date: '2026-03-08',
    close: 0.1,
    volume: 9_007_199_254_740_991,
    __ingested_at: '2026-03-08T02:30:00.123Z',
    is_open: 'true',
  },
  {
    ticker_id: '東京',
    bar_date: '1969-12-31',
    close: -1e-300,
    volume: 0,
    __ingested_at: '1969-12-31T23:59:59.999Z',
    is_open: 'false',
  },
  {
    ticker_id: '',
    bar_date: '2100-02-28',
    close: 1e300,
    volume: -5,
    __ingested_at: '2026-11-01T06:30:00+01:00',
    is_open: 'true',
  },
  { ticker_id: null, bar_date: null, close: null, volume: null, __ingested_at: null, is_open: null },
];

/** Metadata with several keys, in whatever order. */
export const metadata = { z: 1, a: { y: [1, 2], b: 'x' }, m: null };
