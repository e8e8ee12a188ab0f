import { z } from 'zod';
import type { DatasetId, PartitionDate } from '../workflows/pure/cell.ts';

/** What an alert can be about. The first five last until they are over; the others happen once. */
export const alertKinds = [
  'refused',
  'failed',
  'incomplete',
  'rebuild',
  'stale',
  'restated',
  'crossed',
  'volume',
] as const;

/** One of the things an alert can be about. */
export type AlertKind = (typeof alertKinds)[number];

/** How much an alert matters, the least first. */
export const severities = ['info', 'warning', 'critical'] as const;

/** One of the severities. */
export type Severity = (typeof severities)[number];

/** How much each kind matters: what readers of the warehouse will notice is critical. */
export const severityOf: Readonly<Record<AlertKind, Severity>> = {
  refused: 'warning',
  failed: 'warning',
  incomplete: 'warning',
  rebuild: 'critical',
  stale: 'critical',
  restated: 'warning',
  crossed: 'info',
  volume: 'info',
};

const lastingKinds: ReadonlySet<AlertKind> = new Set(['refused', 'failed', 'incomplete', 'rebuild', 'stale']);

/** Tells what goes on until it is over, and is then told to be over, from what just happened. */
export function isLasting(kind: AlertKind): boolean {
  return lastingKinds.has(kind);
}

/**
 * One thing that is so, or has happened. `incident` tells it apart from all others of its kind for as long as it lasts:
 * it is told once.
 */
export type Finding =
  | {
      readonly kind: 'refused' | 'failed';
      readonly incident: string;
      readonly dataset: DatasetId;
      readonly ticker: string;
      readonly date: PartitionDate;
      readonly code: string;
      readonly reason: string;
      /** The broken rules of a refusal; empty for any other reason. */
      readonly rules: readonly string[];
    }
  | {
      readonly kind: 'incomplete';
      readonly incident: string;
      readonly run: string;
      readonly outcome: 'incomplete' | 'failed';
      readonly code: string;
      readonly reason: string;
      readonly refused: number;
      readonly failed: number;
    }
  | {
      readonly kind: 'rebuild';
      readonly incident: string;
      readonly code: string;
      readonly reason: string;
    }
  | {
      readonly kind: 'stale';
      readonly incident: string;
      readonly dataset: DatasetId;
      readonly ticker: string;
      readonly newest: PartitionDate | null;
      readonly due: PartitionDate | null;
      readonly days: number;
      readonly limitDays: number;
    }
  | {
      readonly kind: 'restated';
      readonly incident: string;
      readonly dataset: DatasetId;
      readonly ticker: string;
      readonly date: PartitionDate;
      /** The closes; null where the file that held one is not there or cannot be read. */
      readonly before: number | null;
      readonly after: number | null;
    }
  | {
      readonly kind: 'crossed';
      readonly incident: string;
      readonly ticker: string;
      readonly date: PartitionDate;
      readonly close: number;
      readonly previousDate: PartitionDate;
      readonly previousClose: number;
      readonly currency: string | null;
      readonly crosses: 'above' | 'below';
      readonly price: number;
    }
  | {
      readonly kind: 'volume';
      readonly incident: string;
      readonly ticker: string;
      readonly date: PartitionDate;
      readonly volume: number;
      readonly average: number;
      readonly overDays: number;
    };

/** The findings of some kinds. */
export type FindingOf<Kind extends AlertKind> = Extract<Finding, { readonly kind: Kind }>;

/** What people read of an alert. */
const words = {
  title: z.string(),
  /** What it means, for somebody who knows nothing of it yet. */
  text: z.string(),
  /** The first few of what it is about, a line each. */
  items: z.array(z.string()),
  itemCount: z.number(),
  /** What mends it, or shows more; null where there is nothing to do. */
  command: z.string().nullable(),
};

const newsSchema = z.object({
  event: z.enum(['opened', 'happened', 'resolved']),
  kind: z.enum(alertKinds),
  severity: z.enum(severities),
  recordedAt: z.string(),
  run: z.string(),
  ...words,
  /** What it is about, each told once; none are left where it is over. */
  incidents: z.array(z.string()),
  /** The names of the webhooks that are told. */
  webhooks: z.array(z.string()),
});

const easedSchema = z.object({
  event: z.literal('eased'),
  recordedAt: z.string(),
  run: z.string(),
  /** What of it is left. Nobody is told of it. */
  incidents: z.array(z.string()),
});

const outcomeSchema = z.object({
  event: z.enum(['delivered', 'undelivered']),
  recordedAt: z.string(),
  /** The number of the record that was to be told. */
  of: z.number(),
  webhook: z.string(),
  code: z.string().optional(),
  reason: z.string().optional(),
});

/** Parses a record of an alert. */
export const alertRecordSchema = z.discriminatedUnion('event', [newsSchema, easedSchema, outcomeSchema]);

/** A record that is told: an alert opened, what it is about happened, or it is over. */
export type AlertNews = Readonly<z.infer<typeof newsSchema>>;

/** What became of telling a webhook. */
export type DeliveryOutcome = Readonly<z.infer<typeof outcomeSchema>>;

/** One entry of an alert. */
export type AlertRecord = Readonly<z.infer<typeof alertRecordSchema>>;

/** An alert as it is drawn up from findings, before anybody is told. */
export interface Draft {
  readonly kind: AlertKind;
  readonly key: string;
  readonly incidents: readonly string[];
  readonly title: string;
  readonly text: string;
  readonly items: readonly string[];
  readonly itemCount: number;
  readonly command: string | null;
}

/** What people read of an alert, as the words of each kind make it. */
export type Words = Pick<Draft, 'title' | 'text' | 'items' | 'itemCount' | 'command'>;
