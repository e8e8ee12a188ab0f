import { type PartitionDate, addDays, midnightUtcMs, utcDateOf } from '../../workflows/pure/cell.ts';
import type { ListedKind } from './catalogue.ts';

/** Days on which New York stayed shut though no rule says so: two days of mourning. */
const mourningDays: readonly PartitionDate[] = ['2018-12-05', '2025-01-09'];

const closuresByYear = new Map<number, ReadonlySet<PartitionDate>>();

function weekdayOf(date: PartitionDate): number {
  return new Date(midnightUtcMs(date)).getUTCDay();
}

function dateOf(year: number, month: number, day: number): PartitionDate {
  return utcDateOf(Date.UTC(year, month - 1, day));
}

/** The nth such weekday of a month; nth 0 is the last one of the month before. */
function nthWeekday(year: number, month: number, weekday: number, nth: number): PartitionDate {
  const first = weekdayOf(dateOf(year, month, 1));
  return dateOf(year, month, 1 + ((weekday - first + 7) % 7) + 7 * (nth - 1));
}

/** Finds Easter Sunday of the Gregorian calendar: golden number, epact, then the Sunday after the full moon. */
export function easterSunday(year: number): PartitionDate {
  const century = Math.floor(year / 100);
  const golden = year % 19;
  const shift = century - Math.floor(century / 4) - Math.floor((8 * century + 13) / 25);
  const epact = (((shift + 19 * golden + 15) % 30) + 30) % 30;
  const moon = epact === 29 || (epact === 28 && golden > 10) ? epact - 1 : epact;
  const fullMoon = addDays(dateOf(year, 3, 21), moon);
  return addDays(fullMoon, 7 - weekdayOf(fullMoon));
}

/** Moves a holiday of fixed date from Sunday to Monday and from Saturday to Friday. */
function observed(date: PartitionDate): PartitionDate {
  const weekday = weekdayOf(date);
  if (weekday === 0) return addDays(date, 1);
  return weekday === 6 ? addDays(date, -1) : date;
}

function closuresOf(year: number): ReadonlySet<PartitionDate> {
  const newYear = dateOf(year, 1, 1);
  const closures = [
    // A New Year's Day on a Saturday is not made up for: the Friday before ends the books of the year.
    weekdayOf(newYear) === 6 ? newYear : observed(newYear),
    nthWeekday(year, 1, 1, 3),
    nthWeekday(year, 2, 1, 3),
    addDays(easterSunday(year), -2),
    nthWeekday(year, 6, 1, 0),
    ...(year >= 2022 ? [observed(dateOf(year, 6, 19))] : []),
    observed(dateOf(year, 7, 4)),
    nthWeekday(year, 9, 1, 1),
    nthWeekday(year, 11, 4, 4),
    observed(dateOf(year, 12, 25)),
    ...mourningDays.filter((date) => date.startsWith(`${year}-`)),
  ];
  return new Set(closures);
}

/** Lists the weekdays of a year on which New York's stock exchanges are shut all day, in order. */
export function stockHolidays(year: number): PartitionDate[] {
  return [...yearClosures(year)].filter((date) => !isWeekend(date)).sort();
}

function yearClosures(year: number): ReadonlySet<PartitionDate> {
  const known = closuresByYear.get(year);
  if (known) return known;
  const closures = closuresOf(year);
  closuresByYear.set(year, closures);
  return closures;
}

function isWeekend(date: PartitionDate): boolean {
  const weekday = weekdayOf(date);
  return weekday === 0 || weekday === 6;
}

/**
 * Tells whether a kind of asset trades on a date. Knows New York's holidays by itself, and not through the
 * calendars of the lake: the market is the outside world, and two who know independently can disagree.
 */
export function isTradingDay(kind: ListedKind, date: PartitionDate): boolean {
  switch (kind) {
    case 'crypto':
      return true;
    case 'fx':
      return !isWeekend(date);
    case 'stock':
      return !isWeekend(date) && !yearClosures(Number(date.slice(0, 4))).has(date);
  }
}
