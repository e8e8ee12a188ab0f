import { join } from 'node:path';
import type { ReportRequest } from '../../report/write-report.ts';
import { buildWarehouse } from '../../warehouse/build.ts';
import type { AssetRow } from '../../warehouse/inputs.ts';
import { addDays, datesBetween } from '../../workflows/pure/cell.ts';
import { assets, everyDay, TinyLake, weekdays } from '../warehouse/tiny-lake.ts';

/** The last day of every lake made here. */
export const lastDay = '2024-03-01';

/** Days whose weekdays all have a price, and how the price of an asset moves; synthetic, by arithmetic only. */
export interface SyntheticAsset {
  readonly asset: AssetRow;
  readonly days: number;
  /** The close on the day with this number, counted from 0. */
  readonly close: (day: number) => number;
  /** Open days that have no price. */
  readonly without?: readonly string[];
}

/** A lake of synthetic prices with its warehouse built by the models of `sql/`. */
export async function syntheticLake(
  contents: readonly SyntheticAsset[],
  more: (lake: TinyLake) => void = () => undefined,
): Promise<TinyLake> {
  const lake = await TinyLake.make();
  const days = contents.flatMap(({ asset, days: count }) => calendarOf(asset, addDays(lastDay, 1 - count)));
  for (const { asset, days: count, close, without = [] } of contents) {
    const first = addDays(lastDay, 1 - count);
    const open = new Set(
      calendarOf(asset, first)
        .filter((day) => day.is_open)
        .map((day) => day.date),
    );
    datesBetween(first, lastDay).forEach((date, day) => {
      if (open.has(date) && !without.includes(date)) lake.add({ asset, date, close: close(day) });
    });
  }
  more(lake);
  await lake.write();
  await buildWarehouse(lake.inputs({ assets: contents.map(({ asset }) => asset), days }));
  return lake;
}

/** A wave about a line: rises by `slope` a day. */
export function wave(start: number, slope: number, swing: number): (day: number) => number {
  return (day) => start * (1 + slope * day + swing * Math.sin(day / 5 + start));
}

function calendarOf(asset: AssetRow, first: string): ReturnType<typeof everyDay> {
  return asset.calendar === 'every-day'
    ? everyDay(asset.ticker, first, lastDay)
    : weekdays(asset.ticker, first, lastDay);
}

/** Where the Temporal UI would be. */
export const uiUrl = 'http://127.0.0.1:8233';

/** Three assets, one cell refused, one missing, one restated. */
export async function fullLake(): Promise<TinyLake> {
  const aapl = { asset: assets.AAPL, days: 40, close: wave(200, 0.02, 0.01), without: ['2024-02-28'] };
  const index = { asset: assets.VIX, days: 40, close: wave(20, -0.01, 0.01), without: ['2024-02-14'] };
  const btc = { asset: assets.BTC, days: 40, close: wave(50_000, 0.01, 0.02) };
  return syntheticLake([btc, aapl, index], (lake) => {
    lake.add({ asset: assets.AAPL, date: '2024-02-28', event: 'refused' });
    lake.add({ asset: assets.BTC, date: '2024-02-20', number: 2, close: 65_000 });
    lake.index(
      `update cell_records set reason = 'close.positive: measured -1, expected 0', code = 'Refused' where state = 'refused'`,
      'update cell_records set supersedes_number = 1 where number = 2',
    );
  });
}

/** Asks for the report of a synthetic lake, beside its warehouse. */
export function requestOf(made: TinyLake, more: Partial<ReportRequest> = {}): ReportRequest {
  return {
    warehousePath: made.warehousePath,
    outFolder: join(made.folder, 'report'),
    uiUrl,
    namespace: 'default',
    lakeId: 'sample-abc123',
    market: 'sample',
    now: new Date('2024-03-02T01:00:00Z'),
    ...more,
  };
}
