import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { csvFileSchema } from '../../sources/csv-options.ts';
import { csvSource } from '../../sources/csv.ts';
import { buildWarehouse, type AssetRow } from '../../warehouse/build.ts';
import { addDays, datesBetween } from '../../workflows/pure/cell.ts';
import { accessTo, cellOf, rangeAsk, resourceOf } from '../sources/support.ts';
import { canImport, python } from '../support/python.ts';
import { ask, everyDay, TinyLake } from '../warehouse/tiny-lake.ts';
import { pricesFolder, realSeries } from './real-series.ts';

/** The bar is 0.01 percentage points; the two differ by rounding only. */
const tolerance = 1e-6;

/** Ends of the data: of the files; on a New Year's Day, a holiday of all but Bitcoin; on a Sunday of a leap year. */
const ends = ['2026-10-30', '2025-01-01', '2024-06-30'];

const ofSeries = ['BTC', 'EURUSD', 'GBPUSD', 'VIX'].flatMap((ticker) =>
  realSeries.filter((series) => series.ticker === ticker),
);
/** The euro in pounds, whose closes must become dollars before they are compared. */
const inPounds = {
  ticker: 'EURGBP',
  asset: { class: 'fx', currency: 'GBP' },
  file: { file: 'eurofxref-hist.csv', dateColumn: 'Date', columns: { close: 'GBP' } },
};
const series = [...ofSeries, inPounds];

const files = Object.fromEntries(series.map(({ ticker, file }) => [ticker, csvFileSchema.parse(file)]));
const closes = resourceOf(csvSource(files), 'daily_closes');
const kind = z.object({ class: z.string(), currency: z.string().optional() });
const assets = series.map(({ ticker, asset }): AssetRow => {
  const { class: assetClass, currency = null } = kind.parse(asset);
  const dataset = 'csv.daily_closes';
  return { ticker, class: assetClass, calendar: 'file', dataset, symbol: ticker, currency };
});

/** What is compared of each report; the first columns are its key. */
const reports = {
  rpt_performance_summary: `ticker, period; period_start, period_end, start_date, end_date, start_close, end_close,
    return_pct, btc_return_pct, vs_btc_pct, beats_btc`,
  rpt_btc_standing: 'period; others, beaten_by_btc, btc_rank',
  rpt_volatility_comparison: `ticker, window_days; n, daily_volatility_pct, volatility_252_pct, volatility_own_pct,
    observations_a_year, max_drawdown_pct, sharpe, sortino, first_date, last_date`,
  rpt_correlation: 'ticker, other_ticker, window_days; n, correlation, first_date, last_date',
  rpt_investment_simulation: `ticker, strategy, price_date; invested, units, value, return_pct, period_start`,
};
const columnsOf = (words: string): string[] => words.split(',').map((word) => word.trim());

type Row = Readonly<Record<string, unknown>>;
const computedSchema = z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown())));

/** Fills a lake with what the csv source finds in the files. */
async function fill(lake: TinyLake, from: string, to: string): Promise<void> {
  for (const asset of assets) {
    const request = rangeAsk(asset.symbol, from, to);
    const { body } = await closes.send(closes.firstPage(request), accessTo(pricesFolder));
    for (const date of datesBetween(from, to)) {
      for (const row of closes.rowsOfCell([{ body }], request, cellOf(asset.symbol, date))) {
        lake.add({ asset, date, close: z.number().parse(row['close']) });
      }
    }
  }
  await lake.write();
}

/** One report of the warehouse as rows by key, each with the columns that are compared. */
async function reported(lake: TinyLake, table: string, words: string): Promise<Map<string, Row>> {
  const [keys = [], values = []] = words.split(';').map(columnsOf);
  const rows = await ask(lake.warehousePath, `select ${[...keys, ...values].join(', ')} from marts.${table}`);
  return new Map(
    rows.map((row) => [
      keys.map((key) => String(row[key])).join(' '),
      Object.fromEntries(values.map((value) => [value, row[value]])),
    ]),
  );
}

const agree = (one: unknown, other: unknown): boolean =>
  typeof one === 'number' && typeof other === 'number' ? Math.abs(one - other) <= tolerance : one === other;

/** Every value in which two tables of the same rows differ. */
function differences(found: ReadonlyMap<string, Row>, expected: ReadonlyMap<string, Row>): unknown[] {
  return [...expected].flatMap(([key, row]) =>
    Object.keys({ ...found.get(key), ...row })
      .map((column) => ({ key, column, found: found.get(key)?.[column], expected: row[column] }))
      .filter((value) => !agree(value.found, value.expected)),
  );
}

const lack = [
  ...(existsSync(pricesFolder) ? [] : ['../shared is absent']),
  ...(canImport('pandas') ? [] : [`${python} cannot import pandas`]),
];

describe.skipIf(lack.length > 0).each(ends)(
  `reports of real series to %s${lack.length > 0 ? ` (skipped: ${lack.join(', ')})` : ''}`,
  (end) => {
    // The year that the reports look at, and some days before it.
    const from = addDays(end, -400);
    let lake: TinyLake;
    let computed: z.infer<typeof computedSchema>;

    beforeAll(async () => {
      lake = await TinyLake.make();
      await fill(lake, from, end);
      const days = assets.flatMap(({ ticker }) => everyDay(ticker, from, end));
      await buildWarehouse(lake.inputs({ assets, days, market: 'live' }));
      const script = join(import.meta.dirname, 'reports.py');
      const said = execFileSync(python, [script, pricesFolder, from, end], { maxBuffer: 64_000_000 });
      computed = computedSchema.parse(JSON.parse(said.toString()));
    });

    afterAll(() => lake.remove());

    it.each(Object.entries(reports))(
      '%s equals what pandas computes from the files',
      async (table, words) => {
        const expected = new Map(Object.entries(computed[table] ?? {}));
        const found = await reported(lake, table, words);
        expect(expected.size).toBeGreaterThan(2);
        expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
        expect(differences(found, expected)).toEqual([]);
      },
    );
  },
);
