import { type PartitionDate, addDays } from '../../workflows/pure/cell.ts';
import type { ListedAsset } from './catalogue.ts';
import { type Bar, firstDay, roundAs, roundCents } from './bar.ts';
import { draw, hashText } from './random.ts';
import { isTradingDay } from './sessions.ts';

/** What is done to the shares of the sample market: splits and dividends, all of them made up. */

/** So many old shares become so many new ones, from a day on. */
export interface SampleSplit {
  readonly symbol: string;
  readonly executionDate: PartitionDate;
  readonly from: number;
  readonly to: number;
  /** From this day on the API tells of it; a split that it tells late is found later. */
  readonly toldOn: PartitionDate;
}

/** What a share gets. */
export interface SampleDividend {
  readonly symbol: string;
  readonly exDate: PartitionDate;
  readonly declaredOn: PartitionDate;
  readonly recordDate: PartitionDate;
  readonly payDate: PartitionDate;
  readonly amount: number;
}

const splitLines: readonly (readonly [
  symbol: string,
  on: PartitionDate,
  from: number,
  to: number,
  toldOn?: PartitionDate,
])[] = [
  ['BA', '2018-06-11', 1, 2],
  ['BA', '2023-03-06', 2, 3],
  ['GE', '2025-08-04', 8, 1],
  // Told three weeks late.
  ['WMT', '2026-03-16', 1, 3, '2026-04-06'],
  ['NFLX', '2026-11-02', 1, 10],
  ['ORCL', '2027-02-01', 1, 2],
];

/** Days from the announcement to the split, where nothing else is said. */
const announcedDays = 21;

/** Every split of the market, in the order of their days. */
export const sampleSplits: readonly SampleSplit[] = splitLines
  .map(([symbol, executionDate, from, to, toldOn = addDays(executionDate, -announcedDays)]) => ({
    ...{ symbol, executionDate, from, to, toldOn },
  }))
  .sort((one, other) => (one.executionDate < other.executionDate ? -1 : 1));

const splitSymbols: ReadonlySet<string> = new Set(sampleSplits.map(({ symbol }) => symbol));

/** How many shares one of a day has become by another day, as told or not; 1 where nothing happened between. */
export function sharesBecome(symbol: string, date: PartitionDate, until?: PartitionDate): number {
  if (!splitSymbols.has(symbol)) return 1;
  return sampleSplits
    .filter((split) => split.symbol === symbol && split.executionDate > date)
    .filter(({ executionDate }) => until === undefined || executionDate <= until)
    .reduce((shares, { from, to }) => (shares * to) / from, 1);
}

/** The bar as it was traded, made of one of the walk, in which no split is ever seen. */
export function asTraded(asset: ListedAsset, bar: Bar): Bar {
  const shares = sharesBecome(asset.symbol, bar.date);
  if (shares === 1) return bar;
  const price = (value: number): number => roundAs(asset, value * shares);
  const { open, high, low, close, volume, average } = bar;
  return {
    ...bar,
    ...{ open: price(open), high: price(high), low: price(low), close: price(close) },
    volume: roundCents(volume / shares),
    average: average === null ? null : price(average),
  };
}

/** So many days before the ex-date a dividend is declared, and so many after it is paid. */
const [declaredDays, paidDays] = [20, 14];
/** These pay nothing. */
const withoutDividend: ReadonlySet<string> = new Set(['BRK.B', 'AMZN', 'TSLA', 'BA', 'SMPw', 'SMP/U']);

/** The dividends of a stock that go ex up to a day, a quarter apart, in the order of their days. */
export function dividendsOf({ symbol, lastLevel }: ListedAsset, until: PartitionDate): SampleDividend[] {
  if (withoutDividend.has(symbol)) return [];
  const dividends: SampleDividend[] = [];
  for (let year = Number(firstDay.slice(0, 4)); `${year}` <= until.slice(0, 4); year += 1) {
    for (const month of ['02', '05', '08', '11']) {
      const exDate = sessionFrom(`${year}-${month}-${10 + Math.floor(draw(hashText(symbol), 0, 0) * 10)}`);
      if (exDate > until) return dividends;
      const amount = Math.max(0.01, roundCents(lastLevel * 0.004));
      dividends.push({
        ...{ symbol, exDate, amount, recordDate: exDate },
        ...{ declaredOn: addDays(exDate, -declaredDays), payDate: addDays(exDate, paidDays) },
      });
    }
  }
  return dividends;
}

function sessionFrom(date: PartitionDate): PartitionDate {
  return isTradingDay('stock', date) ? date : sessionFrom(addDays(date, 1));
}
