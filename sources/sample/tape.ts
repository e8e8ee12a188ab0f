import type { PartitionDate } from '../../workflows/pure/cell.ts';
import type { Question } from './answer.ts';
import type { ListedAsset } from './catalogue.ts';
import type { FaultBox } from './fault-box.ts';
import type { BarChange } from './faults.ts';
import type { PriceBook } from './price-book.ts';

/** A value as it is told: a lying market may say null or text where a number belongs. */
export type ToldValue = number | string | null;

/** One day of one asset as the market tells it. */
export interface ToldBar {
  readonly date: PartitionDate;
  readonly open: ToldValue;
  readonly high: ToldValue;
  readonly low: ToldValue;
  readonly close: ToldValue;
  readonly volume: ToldValue;
  readonly average: ToldValue;
  readonly trades: number | null;
}

/** What the market tells one request: the true bars with the ordered lies laid over them. */
export interface Tape {
  /** The bars of these days, in their order; a day without trading has none. */
  barsOf(asset: ListedAsset, dates: readonly PartitionDate[]): ToldBar[];
}

/** Opens the tape for one request. */
export function openTape(book: PriceBook, faults: FaultBox, question: Question): Tape {
  return {
    barsOf(asset, dates) {
      const honest: ToldBar[] = dates
        .map((date) => book.barOf(asset, date))
        .filter((bar) => bar !== undefined);
      const days = new Set(honest.map((bar) => bar.date));
      const patches = faults.takePatches(question, asset.symbol, days);
      const patched = patches.reduce<ToldBar[]>(
        (bars, patch) =>
          bars.flatMap((bar) => (bar.date === patch.date ? changeBar(bar, patch.change) : [bar])),
        honest,
      );
      return faults
        .takeRescalings(question, asset.symbol)
        .reduce(
          (bars, { before, factor }) =>
            bars.map((bar) => (bar.date < before ? rescaleBar(bar, factor) : bar)),
          patched,
        );
    },
  };
}

function changeBar(bar: ToldBar, change: BarChange): ToldBar[] {
  switch (change.op) {
    case 'set':
      return [{ ...bar, [change.field]: change.value }];
    case 'cross':
      return [{ ...bar, high: bar.low, low: bar.high }];
    case 'duplicate':
      return [bar, bar];
    case 'drop':
      return [];
    case 'multiply':
      return [multiplyBar(bar, change.factor)];
  }
}

function rescaleBar(bar: ToldBar, factor: number): ToldBar {
  const { volume } = bar;
  return { ...multiplyBar(bar, factor), volume: typeof volume === 'number' ? volume / factor : volume };
}

function multiplyBar(bar: ToldBar, factor: number): ToldBar {
  const times = (value: ToldValue): ToldValue => (typeof value === 'number' ? value * factor : value);
  return {
    ...bar,
    open: times(bar.open),
    high: times(bar.high),
    low: times(bar.low),
    close: times(bar.close),
    average: times(bar.average),
  };
}
