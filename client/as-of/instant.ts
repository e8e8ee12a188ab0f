import { z } from 'zod';
import { midnightUtcMs, utcDateOf } from '../../workflows/pure/cell.ts';
import { WrongUse } from '../command/exit-code.ts';

/** What `--as-of` takes, for the help of every command that has it. */
export const asOfHelp =
  'the lake as it was known then: an instant with its zone, such as 2026-11-19T18:00:00Z, or a date, which means its end in UTC';

const dayMs = 86_400_000;
const dateText = z.iso.date();
/** To the second or finer, or to the minute. */
const instantText = z.union([
  z.iso.datetime({ offset: true }),
  z.iso.datetime({ offset: true, precision: -1 }),
]);

/** Tells whether a text is an instant or a date, whether or not anything was known then. */
export function isInstant(text: string): boolean {
  return dateText.safeParse(text).success || instantText.safeParse(text).success;
}

/**
 * Reads an instant that a person typed; a date means its last millisecond in UTC.
 * @throws WrongUse for what is neither, or lies in the future.
 */
export function checkedInstant(name: string, text: string, now: Date): Date {
  const instant = dateText.safeParse(text).success
    ? new Date(midnightUtcMs(text) + dayMs - 1)
    : instantText.safeParse(text).success
      ? new Date(text)
      : undefined;
  if (instant === undefined) {
    throw new WrongUse(
      `${name} ${text}: there is no such instant. Write one with its zone, such as 2026-11-19T18:00:00Z, or a date, such as 2026-11-19.`,
    );
  }
  // A day that has begun has an end too: what is known of it by now.
  const isToday = text === utcDateOf(now.getTime());
  if (instant > now && !isToday) {
    throw new WrongUse(`${name} ${text} lies in the future: it is ${now.toISOString()} now.`);
  }
  return instant > now ? now : instant;
}
