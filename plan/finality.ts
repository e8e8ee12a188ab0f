import { DateTime } from 'luxon';
import { addDays, utcDateOf, type PartitionDate } from '../workflows/pure/cell.ts';

/** When a source's day is final: at this time, in this zone, on the day after it. */
export interface Finality {
  /** `HH:MM` */
  readonly time: string;
  readonly timeZone: string;
}

/** The instant from which a day's close may be asked for. Where clocks go back and it comes twice, the second one. */
export function finalAt(date: PartitionDate, finality: Finality): Date {
  const at = DateTime.fromISO(`${addDays(date, 1)}T${finality.time}:00`, { zone: finality.timeZone });
  if (!at.isValid) throw new RangeError(`No instant ${finality.time} in ${finality.timeZone} after ${date}`);
  // Luxon's own choice of the two depends on the day on which it is asked.
  return new Date(Math.max(...at.getPossibleOffsets().map((possible) => possible.toMillis())));
}

/** The newest day that is final at an instant. */
export function lastFinalDate(now: Date, finality: Finality): PartitionDate {
  let date = addDays(utcDateOf(now.getTime()), 1);
  while (finalAt(date, finality) > now) date = addDays(date, -1);
  return date;
}

/** The newest day that is final for any of some sources: the day a daily run is named after. */
export function newestFinalDate(now: Date, finalities: readonly Finality[]): PartitionDate {
  return (
    finalities
      .map((finality) => lastFinalDate(now, finality))
      .sort()
      .at(-1) ?? addDays(utcDateOf(now.getTime()), -1)
  );
}
