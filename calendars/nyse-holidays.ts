import type { PartitionDate } from '../workflows/pure/cell.ts';
import { addDays } from '../workflows/pure/cell.ts';
import { easterSunday } from './easter.ts';
import { dateOf, lastWeekdayOf31, nthWeekday, weekdayOf } from './weekday.ts';

const [monday, thursday] = [1, 4];

/** Lists the full-day holidays of the exchange that fall in a year, as its Rule 7.2 sets them, with names. */
export function nyseHolidays(year: number): Map<PartitionDate, string> {
  const holidays = new Map<PartitionDate, string>();
  const add = (date: PartitionDate | undefined, name: string): void => {
    if (date !== undefined) holidays.set(date, name);
  };
  const addFixed = (month: number, day: number, name: string): void => {
    const date = dateOf(year, month, day);
    const observed = observedOn(date);
    add(observed, observed === date ? name : `${name} (observed)`);
  };

  addFixed(1, 1, "New Year's Day");
  if (year >= 1998) add(nthWeekday(year, 1, monday, 3), 'Martin Luther King, Jr. Day');
  add(nthWeekday(year, 2, monday, 3), "Washington's Birthday");
  add(addDays(easterSunday(year), -2), 'Good Friday');
  add(lastWeekdayOf31(year, 5, monday), 'Memorial Day');
  if (year >= 2022) addFixed(6, 19, 'Juneteenth National Independence Day');
  addFixed(7, 4, 'Independence Day');
  add(nthWeekday(year, 9, monday, 1), 'Labor Day');
  add(thanksgiving(year), 'Thanksgiving Day');
  addFixed(12, 25, 'Christmas Day');
  return holidays;
}

/** Thanksgiving Day of a year: the fourth Thursday of November. */
export function thanksgiving(year: number): PartitionDate {
  return nthWeekday(year, 11, thursday, 4);
}

/**
 * When a holiday of fixed date is kept: a Sunday's on Monday, a Saturday's on Friday. The exchange stays
 * open on a Friday that ends a year of accounts, so 1 January on a Saturday is not kept at all.
 */
function observedOn(date: PartitionDate): PartitionDate | undefined {
  const weekday = weekdayOf(date);
  if (weekday === 0) return addDays(date, 1);
  if (weekday !== 6) return date;
  return date.endsWith('-01-01') ? undefined : addDays(date, -1);
}
