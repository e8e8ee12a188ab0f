import { type PartitionDate, utcDateOf } from '../../workflows/pure/cell.ts';
import type { Question } from './answer.ts';
import type { ListedAsset } from './catalogue.ts';
import type { FaultBox } from './fault-box.ts';
import type { BarChange } from './faults.ts';
import { type Bar, roundAs } from './bar.ts';
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

/**
 * What one API tells one request: the bars of the book, each price off by what this API deviates on that day,
 * with the ordered lies laid over them.
 */
export interface Tape {
  /** The bars of these days, in their order; a day without trading has none. A coin's volume is in US dollars. */
  barsOf(asset: ListedAsset, dates: readonly PartitionDate[]): ToldBar[];
  /** The bar of the running UTC day as it stands at an instant; one, unless a lie drops or doubles it. */
  barUntil(asset: ListedAsset, instantMs: number): ToldBar[];
  /** The bar of the 24 hours before an instant; a lie about the day of that instant lies about it. */
  lastDayUntil(asset: ListedAsset, instantMs: number): ToldBar[];
  /** The price at an instant; nobody lies about it. */
  priceAt(asset: ListedAsset, instantMs: number): number;
}

/** Opens the tape for one request to an API that deviates by so much. */
export function openTape(book: PriceBook, faults: FaultBox, question: Question, deviation: number): Tape {
  const offset = (asset: ListedAsset, date: PartitionDate): number =>
    deviation === 0 ? 0 : deviation * book.leaningOf(question.source, asset, date);
  const quoted = (asset: ListedAsset, bar: Bar): ToldBar => deviate(asset, bar, offset(asset, bar.date));
  return {
    barsOf(asset, dates) {
      const bars = dates.map((date) => book.barOf(asset, date)).filter((bar) => bar !== undefined);
      return tell(
        asset,
        bars.map((bar) => quoted(asset, bar)),
        faults,
        question,
      );
    },
    barUntil: (asset, instantMs) =>
      tell(asset, [quoted(asset, book.barUntil(asset, instantMs))], faults, question),
    lastDayUntil: (asset, instantMs) =>
      tell(asset, [quoted(asset, book.lastDayUntil(asset, instantMs))], faults, question),
    priceAt(asset, instantMs) {
      const price = book.priceAt(asset, instantMs);
      const part = offset(asset, utcDateOf(instantMs));
      return part === 0 ? price : roundAs(asset, price * (1 + part));
    },
  };
}

/** Moves every price of a bar by the same part: rounding keeps their order, so low stays below open and close. */
function deviate(asset: ListedAsset, bar: Bar, part: number): ToldBar {
  if (part === 0) return bar;
  const moved = (price: number): number => roundAs(asset, price * (1 + part));
  const { open, high, low, close, average } = bar;
  return {
    ...bar,
    open: moved(open),
    high: moved(high),
    low: moved(low),
    close: moved(close),
    average: average === null ? null : moved(average),
  };
}

/** Lays the lies that were ordered for this request over the bars of an asset. */
function tell(
  asset: ListedAsset,
  honest: readonly ToldBar[],
  faults: FaultBox,
  question: Question,
): ToldBar[] {
  const days = new Set(honest.map((bar) => bar.date));
  const patched = faults
    .takePatches(question, asset.symbol, days)
    .reduce<readonly ToldBar[]>(
      (bars, patch) =>
        bars.flatMap((bar) => (bar.date === patch.date ? changeBar(bar, patch.change) : [bar])),
      honest,
    );
  return faults
    .takeRescalings(question, asset.symbol)
    .reduce<ToldBar[]>(
      (bars, { before, factor }) => bars.map((bar) => (bar.date < before ? rescaleBar(bar, factor) : bar)),
      [...patched],
    );
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
