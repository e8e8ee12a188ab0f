import type { Calendar } from './calendar.ts';
import { isWeekend } from './weekday.ts';

/**
 * The calendar of currency trading: Monday to Friday, holidays included, since some centre always
 * trades. Thin days such as 25 December have a bar like any other.
 */
export const fx: Calendar = {
  name: 'fx',
  timeZone: 'UTC',
  day(date) {
    return isWeekend(date) ? { isOpen: false, note: 'weekend' } : { isOpen: true };
  },
};
