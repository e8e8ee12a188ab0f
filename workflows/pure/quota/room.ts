import { usedOf, type Asker, type Ledger, type QuotaLimits } from './ledger.ts';
import { daysLeftInMonth, midnightAfterMs, nextPeriodMs, type Unit } from './periods.ts';

/** Why a quota has no room for a request, and the first instant at which it may have. */
export interface NoRoom {
  readonly reason: Extract<Unit, 'day' | 'month'>;
  readonly untilMs: number;
}

/**
 * How many more requests somebody may send in the running day and month. What is kept for daily runs is out of
 * reach for others: what is left of today's share, and the share of every day that the month still has.
 */
export function roomLeft(
  { limits, counts }: Pick<Ledger, 'limits' | 'counts'>,
  asker: Asker,
  nowMs: number,
): { readonly day: number; readonly month: number } {
  const { requestsPerDay, requestsPerMonth } = limits;
  const today = keptToday(limits, counts, asker);
  const later = asker === 'daily' ? 0 : limits.dailyShare * daysLeftInMonth(nowMs);
  return {
    day: left(requestsPerDay, usedOf(counts.day) + today),
    month: left(requestsPerMonth, usedOf(counts.month) + today + later),
  };
}

/** Tells what stands in the way of one more request today; undefined where nothing does. */
export function noRoom(
  ledger: Pick<Ledger, 'limits' | 'counts'>,
  asker: Asker,
  nowMs: number,
): NoRoom | undefined {
  const room = roomLeft(ledger, asker, nowMs);
  if (room.month < 1) return { reason: 'month', untilMs: monthOpensMs(ledger, asker, nowMs) };
  if (room.day < 1) return { reason: 'day', untilMs: nextPeriodMs('day', nowMs) };
  return undefined;
}

/**
 * When a month that has no room now may have some: each day that passes gives up its share, so others may go on
 * before the month ends. The first such day, at best; whoever comes then and finds none is told the next.
 */
function monthOpensMs(
  { limits, counts }: Pick<Ledger, 'limits' | 'counts'>,
  asker: Asker,
  nowMs: number,
): number {
  const end = nextPeriodMs('month', nowMs);
  const free = left(limits.requestsPerMonth, usedOf(counts.month));
  const share = limits.dailyShare;
  if (asker === 'daily' || free < 1 || share === 0) return end;
  const daysToGo = Math.ceil(daysLeftInMonth(nowMs) + 1 - (free - 1) / share);
  return Math.min(end, midnightAfterMs(nowMs, Math.max(1, daysToGo)));
}

function keptToday(limits: QuotaLimits, counts: Ledger['counts'], asker: Asker): number {
  return asker === 'daily' ? 0 : Math.max(0, limits.dailyShare - counts.day.daily);
}

function left(limit: number | null, taken: number): number {
  return limit === null ? Infinity : limit - taken;
}
