import { z } from 'zod';

/** A time of day. */
export const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day, HH:MM');

/** A time zone that this machine knows. */
export const timeZone = z.string().refine(isTimeZone, 'an IANA time zone, such as America/New_York');

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
