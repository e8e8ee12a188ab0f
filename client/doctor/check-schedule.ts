import type { Settings } from '../../settings.ts';
import { clockWarning } from '../schedule/clock-changes.ts';
import { ok, type Finding } from './finding.ts';

/** Tells whether the schedule's time comes exactly once on every day of the coming year. */
export function checkSchedule({ schedule }: Pick<Settings, 'schedule'>, now: Date): Finding {
  const { time, timeZone } = schedule;
  const found = clockWarning(schedule, now);
  if (found === undefined) return ok('schedule', `${time} ${timeZone} comes once on every day`);
  return { check: 'schedule', verdict: 'warn', found };
}
