import {
  countOne,
  countsAt,
  type Ledger,
  type Permit,
  type PermitAsk,
  type QuotaLimits,
  type Waiting,
  type WaitReason,
} from './ledger.ts';
import { midnightAfterMs, periodAt } from './periods.ts';
import { noRoom } from './room.ts';

const minuteMs = 60_000;
/** How much longer than a minute a minute's requests are spread over: what may pass between leave and arrival. */
const slackMs = 1_000;
/** A slot this near is given away at once: whoever asks comes a little early rather than too late for it. */
const aheadMs = 3_000;
/** Whoever must ask again does so after this at the soonest. */
const shortestWaitMs = 1_000;
/** Who is this late holds up nobody, but keeps the place; after the longer time it is taken for gone. */
const lateMs = 5_000;
const goneMs = 3_600_000;
/** More grants than can be under way at once; older ones were answered long ago. */
const grantsKept = 256;

/** What became of an ask. */
export interface Taken {
  readonly ledger: Ledger;
  readonly permit: Permit;
}

/** How far apart requests lie, so that no sixty seconds hold more than the plan allows. */
export function spacingMs({ requestsPerMinute }: QuotaLimits): number {
  return requestsPerMinute === null ? 0 : Math.ceil((minuteMs + slackMs) / requestsPerMinute);
}

/** Answers an ask: grants the next slot, or says when to ask again. */
export function takePermit(known: Ledger, ask: PermitAsk, nowMs: number): Taken {
  const before = known.granted.find(({ id }) => id === ask.id);
  if (before) return { ledger: known, permit: { isGranted: true, notBeforeMs: before.notBeforeMs } };
  const { limits, ...who } = ask;
  const ledger: Ledger = {
    ...known,
    limits,
    counts: countsAt(known.counts, nowMs),
    waiting: inLine(known.waiting, who, nowMs),
  };
  const place = placeOf(ledger, ask.id, nowMs);
  return place.isNow ? grant(ledger, ask, place.slotMs) : keepWaiting(ledger, ask.id, place, nowMs);
}

/** Takes out of the line who will not come back: its run was cancelled. Leave that was given stays counted. */
export function leaveLine(ledger: Ledger, id: string): Ledger {
  return { ...ledger, waiting: ledger.waiting.filter((each) => each.id !== id) };
}

/** Holds everybody back for a while: an answer said that the key is used too often. */
export function holdBack(ledger: Ledger, forMs: number, nowMs: number): Ledger {
  return { ...ledger, heldUntilMs: Math.max(ledger.heldUntilMs, nowMs + forMs) };
}

/** Puts who asks in line, unless it stands there already; who has not come for an hour is gone. */
function inLine(waiting: readonly Waiting[], who: Omit<PermitAsk, 'limits'>, nowMs: number): Waiting[] {
  const there = waiting.filter(({ id, notBeforeMs }) => id === who.id || notBeforeMs > nowMs - goneMs);
  if (there.some(({ id }) => id === who.id)) return there;
  const own: Waiting = { ...who, notBeforeMs: nowMs, reason: 'minute' };
  const at = who.asker === 'daily' ? there.filter(({ asker }) => asker === 'daily').length : there.length;
  return [...there.slice(0, at), own, ...there.slice(at)];
}

interface Place {
  readonly slotMs: number;
  readonly isNow: boolean;
  readonly reason: WaitReason;
}

/**
 * Walks the line and gives each its slot in turn, until it comes to who asks. Who finds no room in a quota takes
 * no slot of today's, and who is late none that another could use.
 */
function placeOf(ledger: Ledger, id: string, nowMs: number): Place {
  const spacing = spacingMs(ledger.limits);
  const firstMs = Math.max(nowMs, ledger.nextSlotMs, ledger.heldUntilMs);
  const lookedAt = { limits: ledger.limits, counts: ledger.counts };
  const later = new Map<number, number>();
  let ahead = 0;
  for (const each of ledger.waiting) {
    const isOwn = each.id === id;
    if (!isOwn && each.notBeforeMs < nowMs - lateMs) continue;
    const full = noRoom(lookedAt, each.asker, nowMs);
    if (full) {
      const before = later.get(full.untilMs) ?? 0;
      later.set(full.untilMs, before + 1);
      if (isOwn) return { slotMs: full.untilMs + before * spacing, isNow: false, reason: full.reason };
      continue;
    }
    const slotMs = firstMs + ahead * spacing;
    if (isOwn)
      return { slotMs, isNow: ahead === 0 && isNear(slotMs, nowMs), reason: reasonOf(ledger, slotMs) };
    lookedAt.counts = countOne(lookedAt.counts, each.asker);
    ahead += 1;
  }
  throw new RangeError(`${id} does not stand in line`);
}

/** A slot of tomorrow belongs to tomorrow's quota, however near it is. */
function isNear(slotMs: number, nowMs: number): boolean {
  return slotMs - nowMs <= aheadMs && periodAt('day', slotMs) === periodAt('day', nowMs);
}

function reasonOf({ heldUntilMs }: Ledger, slotMs: number): WaitReason {
  return slotMs === heldUntilMs ? 'held' : 'minute';
}

function grant(ledger: Ledger, { id, asker }: PermitAsk, slotMs: number): Taken {
  const granted = [...ledger.granted, { id, notBeforeMs: slotMs }].slice(-grantsKept);
  return {
    ledger: {
      ...ledger,
      counts: countOne(countsAt(ledger.counts, slotMs), asker),
      nextSlotMs: slotMs + spacingMs(ledger.limits),
      waiting: ledger.waiting.filter((each) => each.id !== id),
      granted,
    },
    permit: { isGranted: true, notBeforeMs: slotMs },
  };
}

function keepWaiting(ledger: Ledger, id: string, { slotMs, reason }: Place, nowMs: number): Taken {
  const isQuota = reason === 'day' || reason === 'month';
  const earlyMs = isQuota ? slotMs : Math.max(slotMs - aheadMs, midnightBefore(slotMs, nowMs));
  const notBeforeMs = Math.max(earlyMs, nowMs + shortestWaitMs);
  const waiting = ledger.waiting.map((each) => (each.id === id ? { ...each, notBeforeMs, reason } : each));
  return { ledger: { ...ledger, waiting }, permit: { isGranted: false, notBeforeMs, reason } };
}

/** The midnight that lies between now and a slot, if one does: before it the slot cannot be had. */
function midnightBefore(slotMs: number, nowMs: number): number {
  const isToday = periodAt('day', slotMs) === periodAt('day', nowMs);
  return isToday ? nowMs : midnightAfterMs(slotMs, 0);
}
