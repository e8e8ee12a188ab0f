import { countOf } from './count-of.ts';
import type { DatasetId, PartitionDate } from './cell.ts';

/** What a fallback stands in for: small, since it goes on from history to history. */

/** Cells of one asset, one after the other, that did not get there, and whose days have a price from another source. */
export interface CoveredStretch {
  /** The dataset whose cells did not get there. */
  readonly dataset: DatasetId;
  readonly ticker: string;
  readonly from: PartitionDate;
  readonly to: PartitionDate;
  readonly cells: number;
  /** The dataset that has the price. */
  readonly by: DatasetId;
}

/** The cells of a run that did not get there, and whose days have a price from another source all the same. */
export interface Covered {
  readonly cells: number;
  /** The first few; the records know all. */
  readonly stretches: readonly CoveredStretch[];
}

/** How many stretches are named. */
export const stretchesNamed = 20;

/** Nothing stands in for anything. */
export const noneCovered: Covered = { cells: 0, stretches: [] };

/** Tells whether a trouble is of cells that are covered, all of them. */
export function isCovered(
  {
    dataset,
    ticker,
    date,
    to = date,
  }: { readonly dataset: DatasetId; readonly ticker: string } & {
    readonly date: PartitionDate;
    readonly to?: PartitionDate;
  },
  { stretches }: Covered,
): boolean {
  return stretches.some(
    (one) => one.dataset === dataset && one.ticker === ticker && one.from <= date && to <= one.to,
  );
}

/** Says what came from where: `… BTC 2026-08-20..2026-08-22 from csv.daily_closes in place of …`; empty where nothing did. */
export function coveredWords({ cells, stretches }: Covered): string {
  if (cells === 0) return '';
  const named = stretches.map(
    ({ ticker, from, to, by, dataset }) =>
      `${ticker} ${from === to ? from : `${from}..${to}`} from ${by} in place of ${dataset}`,
  );
  const told = stretches.reduce((count, stretch) => count + stretch.cells, 0);
  const more = cells > told ? [`and ${cells - told} more`] : [];
  return `${countOf(cells, 'cell')} refused or failed, and a fallback has the price: ${[...named, ...more].join('; ')}.`;
}
