import { countsAt, usedOf, type Asker, type Ledger, type QuotaLimits, type Waiting } from './ledger.ts';
import { nextPeriodMs, units, type Unit } from './periods.ts';
import { roomLeft } from './room.ts';

/** What is used and left of one unit's quota. */
export interface UnitLeft {
  readonly used: number;
  /** Null: no limit. */
  readonly limit: number | null;
  readonly left: number | null;
  /** ISO UTC instant at which the count begins anew. */
  readonly resetsAt: string;
}

/** How a key's quotas stand at one instant. */
export interface QuotaLeft {
  readonly at: string;
  readonly units: Readonly<Record<Unit, UnitLeft>>;
  /** Requests of each day that are kept for daily runs, and how many they have sent today. */
  readonly dailyShare: number;
  readonly dailyUsed: number;
  /** How many more others than daily runs may send today, and in this month; null: no limit. */
  readonly forOthers: { readonly day: number | null; readonly month: number | null };
  /** Until when an answer holds everybody back; null: nobody is held back. */
  readonly heldUntil: string | null;
  readonly waiting: readonly WaitingView[];
}

/** One request that waits, for people. */
export interface WaitingView extends Pick<Waiting, 'lake' | 'run' | 'label' | 'reason'> {
  readonly asker: Asker;
  readonly until: string;
}

/** Tells how a ledger stands, by the limits that it was told last. */
export function quotaLeft(ledger: Ledger, nowMs: number, limits: QuotaLimits = ledger.limits): QuotaLeft {
  const counts = countsAt(ledger.counts, nowMs);
  const others = roomLeft({ limits, counts }, 'other', nowMs);
  return {
    at: isoAt(nowMs),
    units: unitsLeft(counts, limits, nowMs),
    dailyShare: limits.dailyShare,
    dailyUsed: counts.day.daily,
    forOthers: { day: finite(Math.min(others.day, others.month)), month: finite(others.month) },
    heldUntil: ledger.heldUntilMs > nowMs ? isoAt(ledger.heldUntilMs) : null,
    waiting: ledger.waiting.map(({ lake, run, label, asker, reason, notBeforeMs }) => ({
      lake,
      run,
      label,
      asker,
      reason,
      until: isoAt(notBeforeMs),
    })),
  };
}

function unitsLeft(counts: Ledger['counts'], limits: QuotaLimits, nowMs: number): QuotaLeft['units'] {
  const [minute, day, month] = units.map((unit): UnitLeft => {
    const limit = limitOf(limits, unit);
    const used = usedOf(counts[unit]);
    const left = limit === null ? null : Math.max(0, limit - used);
    return { used, limit, left, resetsAt: isoAt(nextPeriodMs(unit, nowMs)) };
  });
  if (!minute || !day || !month) throw new RangeError('There are three units');
  return { minute, day, month };
}

function limitOf(limits: QuotaLimits, unit: Unit): number | null {
  switch (unit) {
    case 'minute':
      return limits.requestsPerMinute;
    case 'day':
      return limits.requestsPerDay;
    case 'month':
      return limits.requestsPerMonth;
  }
}

function finite(room: number): number | null {
  return Number.isFinite(room) ? Math.max(0, room) : null;
}

function isoAt(instantMs: number): string {
  return new Date(instantMs).toISOString();
}

/** The Markdown that the Web UI shows of a ledger. */
export function quotaDetails(left: QuotaLeft): string {
  const rows = units.map((unit) => {
    const { used, limit, resetsAt } = left.units[unit];
    return `| ${unit} | ${used} | ${limit ?? 'no limit'} | ${resetsAt} |`;
  });
  return [
    ['| requests | used | allowed | begins anew |', '|---|---|---|---|', ...rows].join('\n'),
    `Kept for daily runs: ${left.dailyShare} a day, of which ${left.dailyUsed} used today. Waiting: ${left.waiting.length}.`,
    ...(left.heldUntil === null
      ? []
      : [`Everybody is held back until ${left.heldUntil}, after an HTTP 429.`]),
  ].join('\n\n');
}
