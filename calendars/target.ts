import type { PartitionDate } from '../workflows/pure/cell.ts';
import { addDays } from '../workflows/pure/cell.ts';
import { CalendarError } from './calendar-error.ts';
import type { Calendar } from './calendar.ts';
import { easterSunday } from './easter.ts';
import { dateOf, isWeekend, yearOf } from './weekday.ts';

/** TARGET settled its first payment on Monday, 4 January 1999. */
const targetSince: PartitionDate = '1999-01-01';

/**
 * The ECB closed two year's ends beside the yearly list: the change to 2000 (announced 31 March 1999)
 * and the day before euro cash (2001).
 */
const closedYearEnds: ReadonlyMap<PartitionDate, string> = new Map([
  ['1999-12-31', 'transition to the year 2000'],
  ['2001-12-31', 'introduction of euro cash'],
]);

/**
 * The calendar of TARGET, on whose open days the ECB publishes its reference rates. 1999 had two
 * holidays only; the list of 2000 was made lasting by the ECB on 14 December 2000.
 */
export const target: Calendar = {
  name: 'target',
  timeZone: 'Europe/Berlin',
  day(date) {
    if (isWeekend(date)) return { isOpen: false, note: 'weekend' };
    if (date < targetSince) throw new CalendarError('target', targetSince, date);
    const note = closedYearEnds.get(date) ?? targetHoliday(date);
    return note === undefined ? { isOpen: true } : { isOpen: false, note };
  },
};

function targetHoliday(date: PartitionDate): string | undefined {
  const year = yearOf(date);
  if (date === dateOf(year, 1, 1)) return "New Year's Day";
  if (date === dateOf(year, 12, 25)) return 'Christmas Day';
  if (year === 1999) return undefined;
  if (date === dateOf(year, 5, 1)) return 'Labour Day';
  if (date === dateOf(year, 12, 26)) return '26 December';
  const easter = easterSunday(year);
  if (date === addDays(easter, -2)) return 'Good Friday';
  if (date === addDays(easter, 1)) return 'Easter Monday';
  return undefined;
}
