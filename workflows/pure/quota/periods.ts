/** The stretches of time for which an API's plan limits requests, all in UTC. */
export type Unit = 'minute' | 'day' | 'month';

/** Every unit, the shortest first. */
export const units: readonly Unit[] = ['minute', 'day', 'month'];

const dayMs = 86_400_000;
/** How much of an ISO instant names the period it lies in. */
const nameLength: Readonly<Record<Unit, number>> = { minute: 16, day: 10, month: 7 };

/** The name of the period that an instant lies in: `2026-11-20T10:05`, `2026-11-20`, `2026-11`. */
export function periodAt(unit: Unit, instantMs: number): string {
  return new Date(instantMs).toISOString().slice(0, nameLength[unit]);
}

/** The instant at which the period of another instant ends and the next begins. */
export function nextPeriodMs(unit: Unit, instantMs: number): number {
  const at = new Date(instantMs);
  if (unit === 'minute') return at.setUTCSeconds(60, 0);
  if (unit === 'day') return at.setUTCHours(24, 0, 0, 0);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1);
}

/** How many days of the month come after the day of an instant. */
export function daysLeftInMonth(instantMs: number): number {
  return (nextPeriodMs('month', instantMs) - nextPeriodMs('day', instantMs)) / dayMs;
}

/** 00:00 UTC, some days after the day of an instant. */
export function midnightAfterMs(instantMs: number, days: number): number {
  return nextPeriodMs('day', instantMs) + (days - 1) * dayMs;
}
