import { z } from 'zod';
import { alertsSchema } from '../alerts/alert-settings.ts';
import { calendarNames } from '../calendars/index.ts';
import { telemetrySchema } from '../telemetry/telemetry-settings.ts';
import { sourcesSchema } from './source-shapes.ts';
import { clockTime, timeZone } from './time-shapes.ts';

/** Short and ASCII, since it stands in workflow ids and file names, which have limits. */
const ticker = z
  .string()
  .min(1)
  .max(40)
  .regex(/^[!-+\--~]+$/, 'a ticker is of letters, digits and signs, without spaces or commas')
  .refine((name) => name !== 'USD', 'USD is the dollar itself in the warehouse; name the asset otherwise');

const assetSchema = z.strictObject({
  ticker,
  class: z.enum(['crypto', 'stock', 'fx', 'index']),
  calendar: z.enum(calendarNames),
  currency: z
    .string()
    .regex(
      /^[A-Z]{3,6}$/,
      'a currency, such as USD, or a stablecoin, such as USDT; leave it out where a price is no money',
    )
    .nullable()
    .default(null),
  sources: z
    .array(
      z.strictObject({
        dataset: z.string().regex(/^[a-z0-9]+\.[a-z0-9_]+$/, 'source.resource'),
        symbol: z.string().min(1),
        /** When its prices are fixed, where the dataset's contract cannot know that. */
        fixing: z.string().min(1).optional(),
      }),
    )
    .min(1)
    .refine(hasUniqueDatasets, 'each dataset once: a day has one price in each'),
});

/** Of a provider's ranking of a thousand and more: further down hardly anything is traded. */
const mostMembers = 1_000;

const snapshotsSchema = z
  .array(
    z.strictObject({
      dataset: z.string().regex(/^[a-z0-9]+\.[a-z0-9_]+$/, 'source.resource'),
      top: z.number().int().min(1).max(mostMembers).default(100),
    }),
  )
  .refine(
    (snapshots) => new Set(snapshots.map(({ dataset }) => dataset)).size === snapshots.length,
    'each dataset once',
  );

const fileSchema = z.strictObject({
  market: z.enum(['sample', 'live']),
  lake: z.strictObject({ folder: z.string().min(1) }),
  assets: z.array(assetSchema).min(1).refine(hasUniqueTickers, 'tickers must be unique'),
  snapshots: snapshotsSchema.default([]),
  sources: sourcesSchema,
  schedule: z.strictObject({
    time: clockTime,
    timeZone,
    days: z.enum(['every-day', 'trading-days']).default('every-day'),
  }),
  relook: z.strictObject({
    afterDays: z
      .array(z.number().int().min(1).max(3650))
      .max(10)
      .transform((days) => [...new Set(days)].sort((one, other) => one - other)),
  }),
  run: z.strictObject({
    cellsAtOnce: z.number().int().min(1).max(500),
    windowsAtOnce: z.number().int().min(1).max(100),
    patienceMinutes: z.number().positive().max(1440),
    fallback: z.enum(['never', 'on-failure']),
    report: z.boolean(),
  }),
  retention: z.strictObject({ archiveAfterDays: z.number().int().min(1).nullable() }),
  telemetry: telemetrySchema,
  alerts: alertsSchema.nullable().default(null),
});

/** What `marketlake.yaml` says, with what is laid over it. */
export type SettingsFile = z.infer<typeof fileSchema>;

/** The shape of the file; what it says of one thing must agree with what it says of another. */
export const settingsFile = fileSchema.superRefine(({ alerts, assets }, context) => {
  for (const [index, { ticker: named }] of (alerts?.rules ?? []).entries()) {
    if (assets.some((asset) => asset.ticker === named)) continue;
    const message = `there is no asset "${named}"`;
    context.addIssue({ code: 'custom', path: ['alerts', 'rules', index, 'ticker'], message });
  }
});

/** One thing with a price, as configured: from the first of its sources, and from the others as `run.fallback` says. */
export type Asset = Readonly<z.infer<typeof assetSchema>>;

function hasUniqueTickers(assets: readonly { ticker: string }[]): boolean {
  return new Set(assets.map((asset) => asset.ticker)).size === assets.length;
}

function hasUniqueDatasets(sources: readonly { dataset: string }[]): boolean {
  return new Set(sources.map(({ dataset }) => dataset)).size === sources.length;
}
