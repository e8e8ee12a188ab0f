import { z } from 'zod';
import { alertKinds, severities, type AlertKind, type Severity } from './alert.ts';

const webhookSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,30}$/, 'a short name of lower case letters, digits and hyphens, such as team'),
  format: z.enum(['json', 'slack']).default('json'),
  /** Left out: every kind. */
  on: z
    .array(z.enum(alertKinds))
    .min(1)
    .default([...alertKinds]),
  minimum: z.enum(severities).default('info'),
});

const ticker = z.string().min(1);

const crossingSchema = z.strictObject({
  ticker,
  crosses: z.enum(['above', 'below']),
  price: z.number().positive(),
});

const volumeSchema = z.strictObject({
  ticker,
  volumeTimesAverage: z.number().gt(1),
  overDays: z.number().int().min(2).max(365).default(20),
});

const ruleSchema = z.union([crossingSchema, volumeSchema], {
  error: () =>
    'a rule is { ticker, crosses: above or below, price } or { ticker, volumeTimesAverage: a number above 1, overDays }',
});

/** Parses `alerts` of marketlake.yaml. */
export const alertsSchema = z.strictObject({
  webhooks: z
    .array(webhookSchema)
    .refine((hooks) => new Set(hooks.map(({ name }) => name)).size === hooks.length, 'names must be unique')
    .default([]),
  rules: z.array(ruleSchema).default([]),
  /** How long one attempt waits for a webhook's answer. */
  answerWithinSeconds: z.number().positive().max(60).default(10),
});

/** `alerts` as it stands in marketlake.yaml. */
export type AlertsOfFile = z.infer<typeof alertsSchema>;

/** A rule about the market: a price that crosses another, or a volume far above its average. */
export type MarketRule = Readonly<z.infer<typeof ruleSchema>>;

/** Somebody who is told of alerts. */
export interface Webhook {
  readonly name: string;
  readonly format: 'json' | 'slack';
  readonly on: readonly AlertKind[];
  readonly minimum: Severity;
  /** A secret: whoever knows it can write there. Undefined where its variable is not set. */
  readonly url: string | undefined;
  /** The variable that holds it. */
  readonly variable: string;
}

/** Who is told of what. */
export interface AlertSettings {
  readonly webhooks: readonly Webhook[];
  readonly rules: readonly MarketRule[];
  readonly answerWithinSeconds: number;
}

/** The variable that holds the address of a webhook. */
export function webhookVariable(name: string): string {
  return `MARKETLAKE_ALERT_WEBHOOK_${name.toUpperCase().replaceAll('-', '_')}`;
}

/**
 * Says what is wrong with a webhook's address, without repeating it; undefined where nothing is. What is posted names
 * prices and paths, so it goes over https, or stays on this machine.
 */
export function addressFault(address: string): string | undefined {
  if (!URL.canParse(address)) return 'is no URL';
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== '' || password !== '') return 'holds a user or password: put a token into its path';
  const isLoopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
  if (protocol === 'https:' || (protocol === 'http:' && isLoopback)) return undefined;
  return 'is neither an https:// address nor one of this machine';
}
