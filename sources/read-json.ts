import { z } from 'zod';
import { countMembers, countMemberSigns } from './json-members.ts';
import { quoteOf } from './secrets.ts';
import { SourceError } from './source-error.ts';

/**
 * A price or an amount as an API gives it. What cannot be a price (null, 0, NaN, infinite) is let through:
 * the audit refuses that one cell, while a refused page would take all its other days along. JSON has no
 * NaN, so some writers put it in quotes; any other text is another shape.
 */
export const marketNumber = z.union([
  z.custom<number>((value) => typeof value === 'number'),
  z.null(),
  z.literal(['NaN', 'Infinity', '-Infinity']).transform(Number),
]);

/** The last instant whose date has four digits of year; beyond it `YYYY-MM-DD` is no date any more. */
const lastInstantMs = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** An instant in whole milliseconds, as APIs stamp their points and bars. */
export const instantMs = z.number().int().min(0).max(lastInstantMs);

/** An instant in whole seconds since 1970, as some exchanges stamp their candles. */
export const instantSeconds = z
  .number()
  .int()
  .min(0)
  .max(Math.floor(lastInstantMs / 1000));

/**
 * A list that is read up to its first wrong element. A plain zod array describes every one of them, and an answer of
 * two megabytes that are all wrong would take the memory of the whole worker.
 */
export function listOf<T>(element: z.ZodType<T>): z.ZodType<T[]> {
  return z
    .custom<readonly unknown[]>((value) => Array.isArray(value), 'expected an array')
    .transform((items, context): T[] => {
      const read: T[] = [];
      for (const [index, item] of items.entries()) {
        const parsed = element.safeParse(item);
        if (!parsed.success) {
          const [issue] = parsed.error.issues;
          const message = issue?.message ?? 'no reason given';
          context.addIssue({ code: 'custom', message, path: [index, ...(issue?.path ?? [])] });
          return z.NEVER;
        }
        read.push(parsed.data);
      }
      return read;
    });
}

/**
 * Reads a body as JSON of a given shape.
 * @throws SourceError `WrongShape`, which quotes the body's beginning.
 */
export function readJson<T>(body: Uint8Array, schema: z.ZodType<T>, what: string): T {
  const parsed = schema.safeParse(jsonOf(body, what));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? 'the whole body' : issue.path.join('.');
  throw wrongShape(what, `${where} is not as documented (${issue?.message ?? 'no reason given'})`, body);
}

/** Builds the error for a body that is not what the API documents. */
export function wrongShape(what: string, found: string, body: Uint8Array, cause?: unknown): SourceError {
  const message =
    `Reading ${what}: ${found}; the body begins ${quoteOf(beginningOf(body))}. ` +
    'If trying again does not help, the API has changed or something else answers at its address.';
  return new SourceError('WrongShape', message, cause === undefined ? { body } : { body, cause });
}

/** Parses a refusal's text where it is JSON; undefined where it is HTML, plain text or cut off. */
export function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function jsonOf(body: Uint8Array, what: string): unknown {
  const value = parsedOf(body, what);
  if (countMembers(value) === countMemberSigns(body)) return value;
  throw wrongShape(what, 'it gives one name twice in one object, so that a part of it would go unread', body);
}

function parsedOf(body: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (cause) {
    throw wrongShape(what, 'it is not JSON', body, cause);
  }
}

function beginningOf(body: Uint8Array): string {
  return new TextDecoder().decode(body.subarray(0, 1000));
}
