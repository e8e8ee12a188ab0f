import type { FindingOf, Words } from '../alert.ts';
import { countOf } from '../../workflows/pure/count-of.ts';
import { changeText, firstItems, priceText } from './text.ts';

type Restated = FindingOf<'restated'>;

/** With fewer days one factor may be chance. */
const fewestDays = 3;
/** Prices are rounded to cents: of a low one that is a tenth of a percent. */
const tolerance = 0.001;
/** A smaller change of every close is a correction, such as of a currency's fixing. */
const smallestChange = 0.01;

/** The one factor by which all closes of an asset changed: a split rewrites a history so. Undefined where there is none. */
export function oneFactorOf(cells: readonly Restated[]): number | undefined {
  if (cells.length < fewestDays) return undefined;
  const ratios = cells.map(({ before, after }) => (before === null || after === null ? NaN : after / before));
  const factor = [...ratios].sort((left, right) => left - right)[Math.floor(ratios.length / 2)] ?? NaN;
  const isOne = ratios.every((ratio) => Math.abs(ratio / factor - 1) <= tolerance);
  return isOne && Math.abs(factor - 1) > smallestChange ? factor : undefined;
}

/** Says that an asset's history was rewritten by one factor. */
export function factorWords(cells: readonly [Restated, ...Restated[]]): Words {
  const [{ ticker, dataset }] = cells;
  const factor = oneFactorOf(cells) ?? NaN;
  const dates = cells.map(({ date }) => date).sort();
  return {
    title: `${ticker} of ${dataset}: ${cells.length} closes, ${dates[0]}..${dates.at(-1)}, were restated by one factor, ${Number(factor.toPrecision(5))}`,
    text: 'A whole history by one factor is what a split does. The new closes are published, the old files are kept. Where only a part of the history changed, fetch the rest again, or returns across the border are wrong.',
    items: firstItems(cells.map(itemOf)),
    itemCount: cells.length,
    command: `npx tsx client/backfill.ts --days 365 --tickers ${ticker} --force`,
  };
}

/** Says which closes of a dataset a source corrected, the largest change first. */
export function correctionWords(cells: readonly [Restated, ...Restated[]]): Words {
  const byChange = [...cells].sort((left, right) => sizeOf(right) - sizeOf(left));
  const [largest = cells[0]] = byChange;
  const one = cells.length === 1;
  return {
    title: one
      ? `A close of ${largest.dataset} was restated: ${itemOf(largest)}`
      : `${countOf(cells.length, 'close')} of ${largest.dataset} were restated, most of all ${itemOf(largest)}`,
    text: 'The source gave another price for a day that was published. The new one passed its audit and is published, the old file is kept.',
    items: firstItems(byChange.map(itemOf)),
    itemCount: cells.length,
    command: `npx tsx client/status.ts --why ${largest.date} ${largest.ticker}`,
  };
}

function sizeOf({ before, after }: Restated): number {
  return before === null || after === null ? 0 : Math.abs(after / before - 1);
}

function itemOf({ ticker, date, before, after }: Restated): string {
  const change = before === null || after === null ? '' : ` (${changeText(before, after)})`;
  return `${ticker} ${date} ${closeText(before)} to ${closeText(after)}${change}`;
}

function closeText(close: number | null): string {
  return close === null ? 'a close that cannot be read' : priceText(close);
}
