import type { PartitionDate } from '../workflows/pure/cell.ts';
import { CalendarError } from './calendar-error.ts';
import type { Calendar } from './calendar.ts';
import { nyseEarlyClose } from './nyse-early-close.ts';
import { nyseHolidays } from './nyse-holidays.ts';
import { specialClosures } from './nyse-special.ts';
import { isWeekend, yearOf } from './weekday.ts';

/** Special closures and early closes are listed from here on; older years would be silently wrong. */
const nyseSince: PartitionDate = '1990-01-01';

const holidaysByYear = new Map<number, Map<PartitionDate, string>>();

/** The sessions of the New York Stock Exchange since 1990; later years follow its rules until it says otherwise. */
export const nyse: Calendar = {
  name: 'nyse',
  timeZone: 'America/New_York',
  day(date) {
    if (isWeekend(date)) return { isOpen: false, note: 'weekend' };
    if (date < nyseSince) throw new CalendarError('nyse', nyseSince, date);
    const closedFor = specialClosures.get(date) ?? holidaysOf(yearOf(date)).get(date);
    if (closedFor !== undefined) return { isOpen: false, note: closedFor };
    const early = nyseEarlyClose(date);
    if (early === undefined) return { isOpen: true };
    return {
      isOpen: true,
      earlyClose: early.close,
      note: `early close ${early.close} New York (${early.reason})`,
    };
  },
};

function holidaysOf(year: number): Map<PartitionDate, string> {
  const known = holidaysByYear.get(year) ?? nyseHolidays(year);
  holidaysByYear.set(year, known);
  return known;
}
