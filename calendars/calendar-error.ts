import type { PartitionDate } from '../workflows/pure/cell.ts';

/** Says that a calendar was asked for a day older than what it knows; a mistake in the range or in the asset. */
export class CalendarError extends Error {
  override readonly name = 'CalendarError';
  readonly code = 'BeforeCalendar';

  constructor(calendar: string, since: PartitionDate, date: PartitionDate) {
    super(
      `Asked the ${calendar} calendar about ${date}, but it knows its days only from ${since} on. ` +
        `Ask for a later range, or give the asset the calendar "file" or "every-day".`,
    );
  }
}
