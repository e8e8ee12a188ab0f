import type { PartitionDate } from '../workflows/pure/cell.ts';
import { addDays, midnightUtcMs } from '../workflows/pure/cell.ts';

/** The day of the week of a date, 0 (Sunday) to 6 (Saturday). */
export function weekdayOf(date: PartitionDate): number {
  const weekday = new Date(midnightUtcMs(date)).getUTCDay();
  // NaN would pass for a weekday, and a text that is no date for an open day.
  if (Number.isNaN(weekday)) throw new RangeError(`"${date}" is not a date YYYY-MM-DD`);
  return weekday;
}

/** Tells whether a date is a Saturday or a Sunday. */
export function isWeekend(date: PartitionDate): boolean {
  const weekday = weekdayOf(date);
  return weekday === 0 || weekday === 6;
}

/** The calendar year of a date. */
export function yearOf(date: PartitionDate): number {
  return Number(date.slice(0, 4));
}

/** Builds a date; `month` counts from 1. */
export function dateOf(year: number, month: number, day: number): PartitionDate {
  const twoDigits = (value: number): string => String(value).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}`;
}

/** The `nth` (from 1) given weekday of a month. */
export function nthWeekday(year: number, month: number, weekday: number, nth: number): PartitionDate {
  const first = dateOf(year, month, 1);
  return addDays(first, ((weekday - weekdayOf(first) + 7) % 7) + 7 * (nth - 1));
}

/** The last given weekday of a month that has 31 days. */
export function lastWeekdayOf31(year: number, month: number, weekday: number): PartitionDate {
  const last = dateOf(year, month, 31);
  return addDays(last, -((weekdayOf(last) - weekday + 7) % 7));
}
