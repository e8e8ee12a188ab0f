import { z } from 'zod';

/** An instant written as a text with its zone, such as `2026-01-01T00:00:00Z`, read as milliseconds. */
export const instantText = z.iso
  .datetime({ offset: true, error: 'expected an instant with its zone' })
  .transform((text) => Date.parse(text));
