import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { csvFileSchema } from '../../sources/csv-options.ts';
import { csvSource, datesOfFile } from '../../sources/csv.ts';
import { accessTo, cellOf, rangeAsk, resourceOf, sharedFolder } from './support.ts';

const files = {
  BTC: csvFileSchema.parse({
    file: 'btc-usd-max.csv',
    dateColumn: 'snapped_at',
    dateFormat: "yyyy-MM-dd HH:mm:ss 'UTC'",
    columns: { close: 'price', volume: 'total_volume' },
  }),
  EURUSD: csvFileSchema.parse({ file: 'eurofxref-hist.csv', dateColumn: 'Date', columns: { close: 'USD' } }),
  GBPUSD: csvFileSchema.parse({
    file: 'eurofxref-hist.csv',
    dateColumn: 'Date',
    columns: { close: { divide: ['USD', 'GBP'] } },
  }),
  ISK: csvFileSchema.parse({
    file: 'eurofxref-hist.csv',
    dateColumn: 'Date',
    columns: { close: { inverse: 'ISK' } },
  }),
  VIX: csvFileSchema.parse({
    file: 'vix-daily.csv',
    dateColumn: 'DATE',
    columns: { open: 'OPEN', high: 'HIGH', low: 'LOW', close: 'CLOSE' },
  }),
};
const closes = resourceOf(csvSource(files), 'daily_closes');
const folder = join(sharedFolder, 'prices');
const isShared = existsSync(folder);

/** The file's own lines, read as plainly as possible. */
function linesOf(body: Uint8Array): string[][] {
  return Buffer.from(body)
    .toString()
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','));
}

async function bodyOf(symbol: keyof typeof files): Promise<Uint8Array> {
  return (await closes.send(closes.firstPage(rangeAsk(symbol, '1990-01-01', '2026-10-30')), accessTo(folder)))
    .body;
}

describe.skipIf(!isShared)(`real files${isShared ? '' : ' (skipped: ../shared is absent)'}`, () => {
  it.each<[keyof typeof files, number, (fields: string[]) => number]>([
    ['BTC', 5773, ([, price]) => Number(price)],
    ['EURUSD', 7126, ([, usd]) => Number(usd)],
    ['GBPUSD', 7126, (fields) => Number(fields[1]) / Number(fields[8])],
    ['VIX', 9235, (fields) => Number(fields[4])],
  ])('%s: every day’s close equals the file’s number', async (symbol, days, closeOf) => {
    const body = await bodyOf(symbol);
    const ask = rangeAsk(symbol, '1990-01-01', '2026-10-30');
    expect(closes.readPage({ body }, ask)).toEqual({ rowCount: days });
    const found: unknown[] = [];
    const expected: unknown[] = [];
    for (const fields of linesOf(body).slice(1)) {
      const date = fields[0]?.slice(0, 10) ?? '';
      found.push([date, closes.rowsOfCell([{ body }], ask, cellOf(symbol, date)).map(({ close }) => close)]);
      expected.push([date, [closeOf(fields)]]);
    }
    expect(found).toEqual(expected);
  });

  it('VIX keeps open, high and low, and BTC its volume', async () => {
    const vix = closes.rowsOfCell(
      [{ body: await bodyOf('VIX') }],
      rangeAsk('VIX', '2026-07-23', '2026-07-23'),
      cellOf('VIX', '2026-07-23'),
    );
    expect(vix).toEqual([{ open: 17.67, high: 20.31, low: 17.32, close: 18.7 }]);
    const btc = closes.rowsOfCell(
      [{ body: await bodyOf('BTC') }],
      rangeAsk('BTC', '2026-05-06', '2026-05-06'),
      cellOf('BTC', '2026-05-06'),
    );
    expect(btc).toEqual([{ close: 82_511.96, volume: 803_011_885.31 }]);
  });

  it('the days of a file are those with a value, oldest first', async () => {
    const dates = datesOfFile(await bodyOf('EURUSD'), files.EURUSD);
    expect([dates.length, dates[0], dates.at(-1)]).toEqual([7126, '1999-01-04', '2026-10-30']);
    expect(dates.filter((date) => date >= '2026-05-01' && date <= '2026-05-04')).toEqual(['2026-05-04']);
  });

  it('years of N/A are days without a row', async () => {
    const body = await bodyOf('ISK');
    const holes = linesOf(body)
      .slice(1)
      .filter((fields) => fields[20] === 'N/A');
    expect(holes.length).toBeGreaterThan(1000);
    expect(datesOfFile(body, files.ISK)).toHaveLength(7126 - holes.length);
  });
});
