import type { PartitionDate } from '../workflows/pure/cell.ts';
import { addDays } from '../workflows/pure/cell.ts';
import { thanksgiving } from './nyse-holidays.ts';
import { specialEarlyCloses } from './nyse-special.ts';
import { dateOf, weekdayOf, yearOf } from './weekday.ts';

/** When a shortened session ends, `HH:MM` in New York, and why it is short. */
export interface EarlyClose {
  readonly close: string;
  readonly reason: string;
}

/**
 * Finds the early close of a day on which the exchange is open. Closed days are the caller's to sort
 * out first: 3 July and 24 December are holidays themselves where the 4th or the 25th is a Saturday.
 */
export function nyseEarlyClose(date: PartitionDate): EarlyClose | undefined {
  const special = specialEarlyCloses.get(date);
  if (special !== undefined) return { close: special[0], reason: special[1] };
  const year = yearOf(date);
  if (date === addDays(thanksgiving(year), 1) && year >= 1992) {
    return { close: usualClose(year), reason: 'day after Thanksgiving' };
  }
  if (date === dateOf(year, 12, 24)) return { close: usualClose(year), reason: 'Christmas Eve' };
  if (date === nearIndependenceDay(year)) return { close: usualClose(year), reason: 'Independence Day week' };
  return undefined;
}

/** Short sessions ended at 14:00 until 1992. */
function usualClose(year: number): string {
  return year <= 1992 ? '14:00' : '13:00';
}

/**
 * The short session around 4 July, since 1995: the day before a Tuesday, Wednesday or Friday holiday. A Thursday
 * holiday had it on the Friday after until 2012, and on the Wednesday before from 2013 on.
 */
function nearIndependenceDay(year: number): PartitionDate | undefined {
  if (year < 1995) return undefined;
  const fourth = dateOf(year, 7, 4);
  const weekday = weekdayOf(fourth);
  if (weekday < 2 || weekday > 5) return undefined;
  return addDays(fourth, weekday === 4 && year <= 2012 ? 1 : -1);
}
