import type { Calendar } from './calendar.ts';
import { everyDay } from './every-day.ts';
import { fx } from './fx.ts';
import { nyse } from './nyse.ts';
import { target } from './target.ts';

export type { Calendar, Day } from './calendar.ts';
export { CalendarError } from './calendar-error.ts';
export { fileCalendar } from './file.ts';
export { listedCalendar, type Listing } from './listed.ts';

/** What an asset may name as its calendar. */
export const calendarNames = ['every-day', 'nyse', 'fx', 'target', 'file'] as const;

/** The name of a calendar in marketlake.yaml. */
export type CalendarName = (typeof calendarNames)[number];

const calendars: Readonly<Record<Exclude<CalendarName, 'file'>, Calendar>> = {
  'every-day': everyDay,
  nyse,
  fx,
  target,
};

/** Gives the calendar of a name; `file` has none, since its days are read from the asset's file (`fileCalendar`). */
export function calendarByName(name: Exclude<CalendarName, 'file'>): Calendar {
  return calendars[name];
}
