import type { PartitionDate } from '../workflows/pure/cell.ts';
import type { Calendar } from './calendar.ts';

/** Makes the calendar whose open days are the days of a file: what the file leaves out is closed. */
export function fileCalendar(dates: ReadonlySet<PartitionDate>): Calendar {
  return {
    name: 'file',
    timeZone: 'UTC',
    day(date) {
      return dates.has(date) ? { isOpen: true } : { isOpen: false, note: 'not in the file' };
    },
  };
}
