import { periodAt, units, type Unit } from './periods.ts';

/** What a ledger of requests knows of one key: small JSON that a workflow carries for ever. */

/** Whose request it is. A daily run's goes first, and finds its share of a quota untouched. */
export type Asker = 'daily' | 'other';

/** What a key's plan allows; null is no limit. */
export interface QuotaLimits {
  readonly requestsPerMinute: number | null;
  /** Reset at 00:00 UTC. */
  readonly requestsPerDay: number | null;
  /** Reset at 00:00 UTC on the first. */
  readonly requestsPerMonth: number | null;
  /** Requests of each day that only daily runs may use. */
  readonly dailyShare: number;
}

/** Asks for leave to send one request. The same id means the same request, however often it is asked. */
export interface PermitAsk {
  readonly id: string;
  readonly asker: Asker;
  /** Who asks, for people: the lake, its run, and what is to be fetched. */
  readonly lake: string;
  readonly run: string;
  readonly label: string;
  /** As the asking worker has them configured; the newest hold. */
  readonly limits: QuotaLimits;
}

/** What stands in the way: the pace, a used-up quota, or a 429 that told everybody to wait. */
export type WaitReason = Unit | 'held';

/**
 * The answer. Granted: the request is counted, and may be sent from `notBeforeMs` on. Otherwise ask again at
 * `notBeforeMs`, by the same id; the place in the queue is kept until then.
 */
export type Permit =
  | { readonly isGranted: true; readonly notBeforeMs: number }
  | { readonly isGranted: false; readonly notBeforeMs: number; readonly reason: WaitReason };

/** A request that has no leave yet. */
export interface Waiting extends Omit<PermitAsk, 'limits'> {
  /** When it was told to ask again. */
  readonly notBeforeMs: number;
  readonly reason: WaitReason;
}

/** How many requests were granted in the newest period of a unit. */
export interface Count {
  readonly period: string;
  readonly daily: number;
  readonly other: number;
}

/** Everything a ledger remembers. */
export interface Ledger {
  readonly limits: QuotaLimits;
  readonly counts: Readonly<Record<Unit, Count>>;
  /** No request before this instant, so that the plan's pace is kept. */
  readonly nextSlotMs: number;
  /** No request before this instant, since an answer said so. */
  readonly heldUntilMs: number;
  /** In the order in which they will be served: daily runs first, then as they came. */
  readonly waiting: readonly Waiting[];
  /** The newest grants, so that a permit asked for twice is counted once. */
  readonly granted: readonly { readonly id: string; readonly notBeforeMs: number }[];
}

/** No limit at all; what a ledger knows before anybody has asked. */
export const noLimits: QuotaLimits = {
  requestsPerMinute: null,
  requestsPerDay: null,
  requestsPerMonth: null,
  dailyShare: 0,
};

const nothing: Count = { period: '', daily: 0, other: 0 };

/** The ledger before the first request. */
export const emptyLedger: Ledger = {
  limits: noLimits,
  counts: { minute: nothing, day: nothing, month: nothing },
  nextSlotMs: 0,
  heldUntilMs: 0,
  waiting: [],
  granted: [],
};

/** A count as of an instant: nothing, where its period is over. A clock set back never gives a count back. */
export function countAt(count: Count, unit: Unit, nowMs: number): Count {
  const period = periodAt(unit, nowMs);
  return count.period >= period ? count : { ...nothing, period };
}

/** How many requests a count holds. */
export function usedOf({ daily, other }: Count): number {
  return daily + other;
}

/** The ledger's counts as of an instant. */
export function countsAt(counts: Ledger['counts'], nowMs: number): Ledger['counts'] {
  const { minute, day, month } = counts;
  return {
    minute: countAt(minute, 'minute', nowMs),
    day: countAt(day, 'day', nowMs),
    month: countAt(month, 'month', nowMs),
  };
}

/** Counts one more request in every unit. */
export function countOne(counts: Ledger['counts'], asker: Asker): Ledger['counts'] {
  const [minute, day, month] = units.map((unit) => ({ ...counts[unit], [asker]: counts[unit][asker] + 1 }));
  return { minute: minute ?? nothing, day: day ?? nothing, month: month ?? nothing };
}

/** Tells whether a value that came from outside can be answered. */
export function isPermitAsk(value: unknown): value is PermitAsk {
  if (!isObject(value) || !isObject(value['limits'])) return false;
  const { requestsPerMinute, requestsPerDay, requestsPerMonth, dailyShare } = value['limits'];
  const isLimit = (limit: unknown): boolean => limit === null || (typeof limit === 'number' && limit > 0);
  return (
    typeof value['id'] === 'string' &&
    (value['asker'] === 'daily' || value['asker'] === 'other') &&
    [requestsPerMinute, requestsPerDay, requestsPerMonth].every(isLimit) &&
    typeof dailyShare === 'number'
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
