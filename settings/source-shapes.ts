import { z } from 'zod';
import { nearest } from '../contracts/nearest.ts';
import { csvFileSchema } from '../sources/csv-options.ts';
import { knownApis, knownSources } from '../sources/index.ts';
import { clockTime, timeZone } from './time-shapes.ts';

/** What `sources:` says: what differs from what is usual, by the source's name. All of it may be left out. */

const finalSchema = z.strictObject({ time: clockTime, timeZone }).partial();
const perTime = z.number().int().positive().nullable().optional();
const planSchema = z
  .strictObject({
    requestsPerMinute: z.number().positive().nullable().optional(),
    requestsPerDay: perTime,
    requestsPerMonth: perTime,
    dailyShare: z.number().int().nonnegative().optional(),
    historyDays: perTime,
  })
  .refine(({ dailyShare, requestsPerDay }) => (dailyShare ?? 0) < (requestsPerDay ?? Infinity), {
    path: ['dailyShare'],
    message: 'fewer than requestsPerDay, or backfills would wait for ever',
  });

const apiSchema = z.strictObject({
  baseUrl: z.url().optional(),
  final: finalSchema.optional(),
  plan: planSchema.optional(),
});
const csvSchema = z.strictObject({
  folder: z.string().min(1).optional(),
  final: finalSchema.optional(),
  files: z.record(z.string(), csvFileSchema).optional(),
});

/** What is said of one API. */
export type ApiSaid = z.output<typeof apiSchema>;
/** What is said of the csv files. */
export type CsvSaid = z.output<typeof csvSchema>;
/** What is said of the sources; nothing of most. */
export interface SourcesSaid {
  /** By the source's name. */
  readonly apis: Readonly<Record<string, ApiSaid>>;
  readonly csv: CsvSaid;
}

// Null, which YAML makes of a key with nothing behind it, says nothing.
const apiOrNothing = apiSchema.nullish().transform((said): ApiSaid => said ?? {});
const csvOrNothing = csvSchema.nullish().transform((said): CsvSaid => said ?? {});

const apiShapes = Object.fromEntries(knownApis.map(({ name }) => [name, apiOrNothing]));

/** The shape of `sources:`; a name that is not registered is refused, with the one that was probably meant. */
export const sourcesSchema = z
  .strictObject(
    { ...apiShapes, csv: csvOrNothing },
    {
      error: (issue) =>
        issue.code === 'unrecognized_keys' ? issue.keys.map(unknownSource).join('; ') : undefined,
    },
  )
  .nullish()
  .transform((said): SourcesSaid => {
    const { csv = {}, ...others } = said ?? {};
    return { csv, apis: others };
  });

function unknownSource(name: string): string {
  const known = [...knownSources.keys()];
  const meant = nearest(name, known);
  const question = meant === undefined ? '' : `; did you mean "${meant}"?`;
  return `there is no source "${name}"${question || '.'} Write one of: ${known.join(', ')}`;
}
