import type { PartitionDate } from '../workflows/pure/cell.ts';

/** One cell of an asset that a run has looked at again. */
export interface LookedAtCell {
  readonly date: PartitionDate;
  /** New close over old one; 1 where the source said the same; null where either cannot be read. */
  readonly ratio: number | null;
}

/** Closes are rounded, so that the ratios of one event differ a little: by this share, and by this share of the change. */
const tolerance = 0.005;
const toleranceOfChange = 0.05;
/** Beyond this a ratio lies near some whole number whatever it is. */
const mostParts = 50;
/** Of splits that are not one share into several: 3:2, 4:3, 5:4 and the like. */
const mostPartsOfSeveral = 5;

/** Tells whether two changes are one, but for rounding; `metadata.restatements` asks the same. */
function isSameChange(one: number, other: number): boolean {
  return Math.abs(one / other - 1) <= Math.min(tolerance, toleranceOfChange * Math.abs(other - 1));
}

/**
 * Tells whether what a run found, looking at some cells of an asset again, says that its whole history was rewritten:
 * every close up to some day has changed by one and the same ratio. One alone says so where it looks like a split.
 */
export function isHistoryRewritten(looked: readonly LookedAtCell[]): boolean {
  const changed = looked.flatMap(({ date, ratio }) =>
    ratio === null || ratio === 1 ? [] : [{ date, ratio }],
  );
  const [first] = changed;
  if (!first) return false;
  const newest = changed.reduce((last, { date }) => (date > last ? date : last), first.date);
  const isOne = changed.every(({ ratio }) => isSameChange(ratio, first.ratio));
  const isAll = looked.every(({ date, ratio }) => date > newest || ratio !== 1);
  return isOne && isAll && (changed.length > 1 || splitOf(first.ratio) !== null);
}

/** Names the split that a ratio of closes looks like: 0.5 is `2:1`, 10 is `1:10`; null where it looks like none. */
export function splitOf(ratio: number): string | null {
  for (let parts = 1; parts < mostPartsOfSeveral; parts += 1) {
    const most = parts === 1 ? mostParts : mostPartsOfSeveral;
    for (let into = parts + 1; into <= most; into += 1) {
      if (Math.abs((ratio * into) / parts - 1) <= tolerance) return `${into}:${parts}`;
      if (Math.abs((ratio * parts) / into - 1) <= tolerance) return `${parts}:${into}`;
    }
  }
  return null;
}
