import type { PartitionDate } from '../workflows/pure/cell.ts';

/** What a calendar knows of one day. */
export interface Day {
  readonly isOpen: boolean;
  /** Why it is closed (`weekend`, `Thanksgiving Day`), or what is special about it when open. */
  readonly note?: string;
  /** When a shortened session ends, `HH:MM` in the calendar's time zone; absent on a full day. */
  readonly earlyClose?: string;
}

/** Tells on which days a market makes a price. */
export interface Calendar {
  readonly name: string;
  /** The IANA zone in which the calendar's days begin and end. */
  readonly timeZone: string;
  /**
   * Tells whether a day is open, and why not.
   * @throws CalendarError `BeforeCalendar` for a day older than what the calendar knows.
   */
  day(date: PartitionDate): Day;
}
