import type { PartitionDate } from '../workflows/pure/cell.ts';
import type { Calendar } from './calendar.ts';

/** From when to when an asset is traded under its symbols. */
export interface Listing {
  /** Its first day; left out: it always was. */
  readonly listedFrom?: PartitionDate | undefined;
  /** Its last day and why it was the last; left out: it still is. */
  readonly delisted?: { readonly on: PartitionDate; readonly reason: string } | undefined;
}

/**
 * Closes a calendar before an asset's first day and after its last: nothing is asked for then, nothing is missing, and
 * the reason stands with each closed day.
 */
export function listedCalendar(calendar: Calendar, { listedFrom, delisted }: Listing): Calendar {
  if (listedFrom === undefined && delisted === undefined) return calendar;
  return {
    ...calendar,
    day(date) {
      if (listedFrom !== undefined && date < listedFrom)
        return { isOpen: false, note: `not listed before ${listedFrom}` };
      if (delisted !== undefined && date > delisted.on)
        return { isOpen: false, note: `delisted after ${delisted.on}: ${delisted.reason}` };
      return calendar.day(date);
    },
  };
}
