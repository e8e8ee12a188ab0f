import { countOf, signedPct } from './numbers.ts';

/** What one event changed of the closes of an asset. */
export interface RestatementEvent {
  readonly cells: number;
  readonly firstDate: string;
  readonly lastDate: string;
  /** Null where an old file lies in the lake no more. */
  readonly changePct: number | null;
  /** The split that it looks like, such as `2:1`; null where it looks like none. */
  readonly split: string | null;
}

/** Says what was restated: `24 closes of 2026-10-19 … 2026-11-20 changed by −50.0 %: looks like a split of 2:1`. */
export function restatementWords({ cells, firstDate, lastDate, changePct, split }: RestatementEvent): string {
  const span = firstDate === lastDate ? firstDate : `${firstDate} … ${lastDate}`;
  const change =
    changePct === null || changePct === 0
      ? 'restated'
      : `changed by ${signedPct(changePct, precisionOf(changePct))}`;
  const like = split === null ? '' : `: looks like a split of ${split}`;
  return `${countOf(cells, 'close')} of ${span} ${change}${like}`;
}

/** A small correction is not told as none. */
function precisionOf(changePct: number): number {
  return Math.abs(changePct) >= 0.1 ? 1 : 4;
}
