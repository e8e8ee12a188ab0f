import { DateTime } from 'luxon';
import { lastFinalDate } from '../../plan/finality.ts';
import type { PlannedAsset } from '../../plan/due-cells.ts';
import type { OpenLake } from '../command/lake-client.ts';

/** The days of the week as Temporal names them, in the order in which it counts them. */
export const weekDays = [
  'SUNDAY',
  'MONDAY',
  'TUESDAY',
  'WEDNESDAY',
  'THURSDAY',
  'FRIDAY',
  'SATURDAY',
] as const;

/** A day of the week. */
export type WeekDay = (typeof weekDays)[number];

/** A year: every holiday that is moved, and both sides of each change of the clocks. */
const daysLookedAt = 366;

/** The days of the week on which the schedule of a lake ticks, as `schedule.days` has it. */
export async function configuredDays(open: OpenLake, now: Date): Promise<readonly WeekDay[]> {
  const { schedule } = open.settings;
  // A snapshot's day cannot be made up for, and crypto has no day off.
  if (schedule.days === 'every-day' || open.settings.snapshots.length > 0) return weekDays;
  return tickDays(await open.planned(now), schedule, now);
}

/**
 * Finds the days of the week on which a tick may bring anything: those after which, in the coming year, the newest final
 * day of some asset is ever open. Holidays are not left out: a tick after one finds its day closed and asks nobody, while
 * a list of holidays on the server would one day be wrong and lose a session.
 */
export function tickDays(
  assets: readonly Pick<PlannedAsset, 'calendar' | 'final'>[],
  { time, timeZone }: { readonly time: string; readonly timeZone: string },
  now: Date,
): WeekDay[] {
  const kinds = [
    ...new Map(
      assets.map((asset) => [`${asset.calendar.name} ${asset.final.time} ${asset.final.timeZone}`, asset]),
    ).values(),
  ];
  const found = new Set<WeekDay>();
  const first = DateTime.fromJSDate(now, { zone: timeZone }).startOf('day');
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  for (let days = 0; days < daysLookedAt; days += 1) {
    const tick = first.plus({ days }).set({ hour, minute });
    const day = weekDays[tick.weekday % 7] as WeekDay;
    if (found.has(day)) continue;
    const isOpen = kinds.some(
      ({ calendar, final }) =>
        // A file knows no day to come.
        calendar.name === 'file' || calendar.day(lastFinalDate(tick.toJSDate(), final)).isOpen,
    );
    if (isOpen) found.add(day);
  }
  return weekDays.filter((day) => found.has(day));
}
