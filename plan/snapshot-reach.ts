import { addDays, type DatasetId, type PartitionDate } from '../workflows/pure/cell.ts';
import type { PlannedSnapshot } from './planned-snapshots.ts';

/** A snapshot of dated facts that was taken and published whole, and from which date on it asked. */
export interface TakenReach {
  readonly dataset: DatasetId;
  readonly date: PartitionDate;
  readonly since: PartitionDate;
}

/** Before anything that any source tells of. */
const beginning: PartitionDate = '1970-01-01';

/**
 * Decides from which date on a snapshot of dated facts asks: from the beginning of what the plan reaches where that was
 * never asked for, or too long ago; else from some days before the last snapshot, so that days without one leave no gap.
 * @returns undefined for a ranking, which has no dates.
 */
export function sinceOf(
  { coverage: { reach }, historyDays }: Pick<PlannedSnapshot, 'coverage' | 'historyDays'>,
  taken: readonly Omit<TakenReach, 'dataset'>[],
  today: PartitionDate,
): PartitionDate | undefined {
  if (!reach) return undefined;
  const limits = [historyDays, reach.mostDays].filter((days) => days !== null);
  const whole = limits.length === 0 ? beginning : addDays(today, -Math.min(...limits));
  // A plan's reach moves on with the days: what once reached all of it reaches all that it has now.
  const lastWhole = newest(taken.filter(({ since }) => since <= whole));
  const last = newest(taken);
  if (last === undefined || lastWhole === undefined) return whole;
  const { wholeEveryDays, overlapDays } = reach;
  if (wholeEveryDays !== null && lastWhole <= addDays(today, -wholeEveryDays)) return whole;
  const overlapping = addDays(last, -overlapDays);
  return overlapping < whole ? whole : overlapping;
}

function newest(taken: readonly Pick<TakenReach, 'date'>[]): PartitionDate | undefined {
  return taken
    .map(({ date }) => date)
    .sort()
    .at(-1);
}
