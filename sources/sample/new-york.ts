import { type PartitionDate, midnightUtcMs, utcDateOf } from '../../workflows/pure/cell.ts';

const hourMs = 3_600_000;

/** 00:00 UTC of the nth Sunday of a month (January is 0). */
function sundayMs(year: number, month: number, nth: number): number {
  const firstWeekday = new Date(Date.UTC(year, month, 1)).getUTCDay();
  return Date.UTC(year, month, 1 + ((7 - firstWeekday) % 7) + 7 * (nth - 1));
}

/** Tells whether New York is on summer time: second Sunday of March to first Sunday of November, at 2:00 local. */
function isSummerTime(instantMs: number): boolean {
  const year = new Date(instantMs).getUTCFullYear();
  return instantMs >= sundayMs(year, 2, 2) + 7 * hourMs && instantMs < sundayMs(year, 10, 1) + 6 * hourMs;
}

/** The instant, in milliseconds, at which a clock in New York shows this hour of this date. */
export function newYorkHourMs(date: PartitionDate, hour: number): number {
  const inSummer = midnightUtcMs(date) + (hour + 4) * hourMs;
  return isSummerTime(inSummer) ? inSummer : inSummer + hourMs;
}

/** The date a calendar in New York shows at an instant. */
export function newYorkDateOf(instantMs: number): PartitionDate {
  return utcDateOf(instantMs - (isSummerTime(instantMs) ? 4 : 5) * hourMs);
}
