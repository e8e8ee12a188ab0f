import type { Calendar } from './calendar.ts';
import { weekdayOf } from './weekday.ts';

/** The calendar of a market that never closes, such as crypto: UTC days, all open. */
export const everyDay: Calendar = {
  name: 'every-day',
  timeZone: 'UTC',
  day(date) {
    weekdayOf(date); // refuses what is no date, as the other calendars do
    return { isOpen: true };
  },
};
