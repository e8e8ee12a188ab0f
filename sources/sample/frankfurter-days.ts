import { type PartitionDate, addDays } from '../../workflows/pure/cell.ts';
import { firstDay } from './price-book.ts';
import { easterSunday, isTradingDay } from './sessions.ts';

const publicationHour = 16;
const closedEachYear = new Set(['01-01', '05-01', '12-25', '12-26']);
const berlin = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/Berlin',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  hourCycle: 'h23',
});

/** Tells whether the ECB fixes rates on a day; like New York's, its holidays are known here independently of the lake. */
export function isFixingDay(date: PartitionDate): boolean {
  if (date < firstDay || !isTradingDay('fx', date) || closedEachYear.has(date.slice(5))) return false;
  const easter = easterSunday(Number(date.slice(0, 4)));
  return date !== addDays(easter, -2) && date !== addDays(easter, 1);
}

/** The last day with a fixing on or before a date; none before the market's first. */
export function fixingOnOrBefore(date: PartitionDate): PartitionDate | undefined {
  let day = date;
  while (day >= firstDay && !isFixingDay(day)) day = addDays(day, -1);
  return day >= firstDay ? day : undefined;
}

/** The date that a calendar in Frankfurt shows, and the newest fixing that is out: they come at 16:00. */
export function fixingsAt(now: Date): { readonly today: PartitionDate; readonly newest: PartitionDate } {
  const parts = new Map(berlin.formatToParts(now).map(({ type, value }) => [type, value]));
  const today = `${parts.get('year') ?? ''}-${parts.get('month') ?? ''}-${parts.get('day') ?? ''}`;
  const isOut = Number(parts.get('hour')) >= publicationHour;
  return { today, newest: fixingOnOrBefore(isOut ? today : addDays(today, -1)) ?? firstDay };
}
