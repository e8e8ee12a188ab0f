import { DateTime } from 'luxon';
import type { PartitionDate } from '../../workflows/pure/cell.ts';

/** A day on which a time of day does not come once. */
export interface OddDay {
  readonly date: PartitionDate;
  /** How often it comes: 0 where clocks go forward over it, 2 where they go back over it. */
  readonly times: 0 | 2;
}

/** More than a year, so that each change of the clocks is among them. */
const daysLookedAt = 400;

/** Finds the days, from today on, on which a time of day does not come or comes twice in a zone. */
export function oddDays(time: string, timeZone: string, now: Date): OddDay[] {
  const today = DateTime.fromJSDate(now, { zone: timeZone }).startOf('day');
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return Array.from({ length: daysLookedAt }, (_, days) => today.plus({ days })).flatMap((day): OddDay[] => {
    const at = day.set({ hour, minute });
    // What does not come is moved on to what does.
    const isThere = at.hour === hour && at.minute === minute && at.hasSame(day, 'day');
    const times = isThere ? at.getPossibleOffsets().length : 0;
    return times === 1 ? [] : [{ date: day.toFormat('yyyy-LL-dd'), times: times === 0 ? 0 : 2 }];
  });
}

/** Says what the clock does to the schedule's time, and what to do; none where it comes once every day. */
export function clockWarning(
  { time, timeZone }: { readonly time: string; readonly timeZone: string },
  now: Date,
): string | undefined {
  const days = oddDays(time, timeZone, now);
  if (days.length === 0) return undefined;
  const words = days.map(({ date, times }) => `${times === 0 ? 'does not come' : 'comes twice'} on ${date}`);
  return `${time} ${timeZone} ${words.join(' and ')}, since clocks change: a tick that does not come leaves its day to the next one. Choose another schedule.time in marketlake.yaml, before or after the hour of the change.`;
}
