import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quotaDetails, quotaLeft } from '../../workflows/pure/quota/left.ts';
import {
  emptyLedger,
  isPermitAsk,
  noLimits,
  type Asker,
  type Ledger,
  type Permit,
  type PermitAsk,
  type QuotaLimits,
} from '../../workflows/pure/quota/ledger.ts';
import { daysLeftInMonth, nextPeriodMs, periodAt } from '../../workflows/pure/quota/periods.ts';
import { holdBack, spacingMs, takePermit } from '../../workflows/pure/quota/take.ts';
import { askerOf, quotaWaitSentence } from '../../workflows/pure/quota/wait.ts';

const startMs = Date.parse('2026-11-20T12:00:00Z');
const dayMs = 86_400_000;

const askOf = (id: string, limits: Partial<QuotaLimits>, asker: Asker = 'other'): PermitAsk => ({
  id,
  asker,
  lake: 'sample-1',
  run: asker === 'daily' ? 'daily/2026-11-20' : 'backfill/x',
  label: id,
  limits: { ...noLimits, ...limits },
});

/** A ledger that is asked in turn, as the workflow keeps it. */
class Desk {
  ledger: Ledger = emptyLedger;
  ask(id: string, limits: Partial<QuotaLimits>, atMs: number, asker?: Asker): Permit {
    const { ledger, permit } = takePermit(this.ledger, askOf(id, limits, asker), atMs);
    // What is carried into a fresh history is JSON.
    this.ledger = JSON.parse(JSON.stringify(ledger)) as Ledger;
    return permit;
  }
}

describe('a ledger', () => {
  it('spaces requests over the minute, a little wider than the plan demands', () => {
    const desk = new Desk();
    const limits = { requestsPerMinute: 5 };
    expect(desk.ask('a', limits, startMs)).toEqual({ isGranted: true, notBeforeMs: startMs });
    const second = desk.ask('b', limits, startMs + 10);
    expect(second).toEqual({ isGranted: false, notBeforeMs: startMs + 9_200, reason: 'minute' });
    expect(desk.ask('b', limits, startMs + 9_200)).toEqual({
      isGranted: true,
      notBeforeMs: startMs + 12_200,
    });
  });

  it('answers the same to a request that asks again, and counts it once', () => {
    const desk = new Desk();
    const first = desk.ask('a', { requestsPerMinute: 1 }, startMs);
    expect(desk.ask('a', { requestsPerMinute: 1 }, startMs + 30_000)).toEqual(first);
    expect(quotaLeft(desk.ledger, startMs).units.day.used).toBe(1);
  });

  it('keeps the share of daily runs from others until midnight, and gives it to daily runs at once', () => {
    const desk = new Desk();
    const limits = { requestsPerDay: 3, dailyShare: 2 };
    expect(desk.ask('a', limits, startMs).isGranted).toBe(true);
    const midnight = Date.parse('2026-11-21T00:00:00Z');
    expect(desk.ask('b', limits, startMs)).toEqual({
      isGranted: false,
      notBeforeMs: midnight,
      reason: 'day',
    });
    for (const id of ['c', 'd']) expect(desk.ask(id, limits, startMs + 1, 'daily').isGranted).toBe(true);
    expect(desk.ask('e', limits, startMs + 2, 'daily')).toMatchObject({ isGranted: false, reason: 'day' });
    expect(desk.ask('e', limits, midnight, 'daily').isGranted).toBe(true);
    expect(desk.ask('b', limits, midnight + 1).isGranted).toBe(true);
  });

  it('keeps the share of every day that the month still has, and gives up that of the days that passed', () => {
    const desk = new Desk();
    // Ten more days after the 20th: 11 × 2 are kept of 24, so others have two.
    const limits = { requestsPerMonth: 24, dailyShare: 2 };
    for (const id of ['a', 'b']) expect(desk.ask(id, limits, startMs).isGranted).toBe(true);
    const permit = desk.ask('c', limits, startMs);
    expect(permit).toMatchObject({ reason: 'month', notBeforeMs: Date.parse('2026-11-21T00:00:00Z') });
    expect(desk.ask('c', limits, permit.notBeforeMs).isGranted).toBe(true);
    const full = new Desk();
    for (const id of ['a', 'b']) full.ask(id, { requestsPerMonth: 2 }, startMs);
    expect(full.ask('c', { requestsPerMonth: 2 }, startMs, 'daily')).toMatchObject({
      reason: 'month',
      notBeforeMs: Date.parse('2026-12-01T00:00:00Z'),
    });
  });

  it('serves a daily run before the backfills that wait, and each kind in the order in which it came', () => {
    const desk = new Desk();
    const limits = { requestsPerMinute: 5 };
    desk.ask('first', limits, startMs);
    for (const id of ['b1', 'b2']) desk.ask(id, limits, startMs);
    for (const id of ['d1', 'd2']) desk.ask(id, limits, startMs, 'daily');
    expect(desk.ledger.waiting.map(({ id }) => id)).toEqual(['d1', 'd2', 'b1', 'b2']);
    expect(desk.ask('b1', limits, startMs + 9_200).isGranted).toBe(false);
    expect(desk.ask('d1', limits, startMs + 9_200, 'daily').isGranted).toBe(true);
  });

  it('grants no slot past somebody who came first and is about to come back', () => {
    const desk = new Desk();
    const limits = { requestsPerMinute: 60 };
    for (const id of ['a', 'b', 'c']) expect(desk.ask(id, limits, startMs).isGranted).toBe(true);
    expect(desk.ask('d', limits, startMs)).toMatchObject({ notBeforeMs: startMs + 1_000 });
    expect(desk.ask('e', limits, startMs + 1_400).isGranted).toBe(false);
    expect(desk.ask('d', limits, startMs + 1_500)).toEqual({ isGranted: true, notBeforeMs: startMs + 3_051 });
  });

  it('does not let who never comes back hold up the others, nor lose the place who comes late', () => {
    const desk = new Desk();
    const limits = { requestsPerMinute: 5 };
    for (const id of ['a', 'dead', 'b', 'c']) desk.ask(id, limits, startMs);
    const lateMs = startMs + 9_200 + 5_001;
    expect(desk.ask('b', limits, lateMs).isGranted).toBe(true);
    expect(desk.ask('dead', limits, lateMs + 1)).toMatchObject({ isGranted: false });
    expect(desk.ledger.waiting.map(({ id }) => id)).toEqual(['dead', 'c']);
    desk.ask('d', limits, startMs + 2 * 3_600_000);
    expect(desk.ledger.waiting.map(({ id }) => id)).toEqual([]);
  });

  it('holds everybody back after a 429, daily runs too', () => {
    const held = holdBack(emptyLedger, 60_000, startMs);
    for (const asker of ['daily', 'other'] as const) {
      const { permit } = takePermit(held, askOf('a', {}, asker), startMs + 1_000);
      expect(permit).toEqual({ isGranted: false, notBeforeMs: startMs + 57_000, reason: 'held' });
    }
    expect(takePermit(held, askOf('a', {}), startMs + 57_000).permit).toEqual({
      isGranted: true,
      notBeforeMs: startMs + 60_000,
    });
  });

  it('follows the limits of the newest request', () => {
    const desk = new Desk();
    expect(desk.ask('a', { requestsPerDay: 1 }, startMs).isGranted).toBe(true);
    expect(desk.ask('b', { requestsPerDay: 1 }, startMs).isGranted).toBe(false);
    expect(desk.ask('b', { requestsPerDay: 2 }, startMs + 1).isGranted).toBe(true);
  });

  it('does not take a slot of tomorrow out of today’s quota', () => {
    const desk = new Desk();
    const lateMs = Date.parse('2026-11-20T23:59:59Z');
    const limits = { requestsPerMinute: 30, requestsPerDay: 10 };
    desk.ask('a', limits, lateMs);
    const permit = desk.ask('b', limits, lateMs);
    expect(permit).toMatchObject({ isGranted: false, notBeforeMs: lateMs + 1_000 });
    expect(desk.ask('b', limits, permit.notBeforeMs).isGranted).toBe(true);
    expect(quotaLeft(desk.ledger, permit.notBeforeMs).units.day).toMatchObject({ used: 1, left: 9 });
  });

  it('refuses what is no ask, since an error would stop it for everybody', () => {
    expect(isPermitAsk(askOf('a', { requestsPerDay: 1 }))).toBe(true);
    for (const bad of [
      undefined,
      1,
      {},
      { ...askOf('a', {}), limits: {} },
      askOf('a', { requestsPerDay: 0 }),
    ])
      expect(isPermitAsk(bad)).toBe(false);
  });
});

interface Request {
  readonly id: string;
  readonly asker: Asker;
  readonly fromMs: number;
  /** Comes back late by so much, each time. */
  readonly lagMs: number;
}

interface Sent {
  readonly request: Request;
  readonly grantedMs: number;
  readonly atMs: number;
}

/** Plays many clients that ask, wait as told and ask again, until all were served or the time is over. */
function play(limits: QuotaLimits, requests: readonly Request[], untilMs: number): Sent[] {
  const desk = new Desk();
  const sent: Sent[] = [];
  const due = requests.map((request) => ({ request, atMs: request.fromMs }));
  for (;;) {
    due.sort((one, other) => one.atMs - other.atMs);
    const next = due.shift();
    if (!next || next.atMs > untilMs) return sent;
    const { request, atMs } = next;
    const permit = desk.ask(request.id, limits, atMs, request.asker);
    if (permit.isGranted) sent.push({ request, grantedMs: atMs, atMs: permit.notBeforeMs });
    else due.push({ request, atMs: permit.notBeforeMs + request.lagMs });
  }
}

const limitsArbitrary = fc.record({
  requestsPerMinute: fc.option(fc.integer({ min: 1, max: 120 })),
  requestsPerDay: fc.option(fc.integer({ min: 4, max: 12 })),
  requestsPerMonth: fc.option(fc.integer({ min: 40, max: 60 })),
  dailyShare: fc.integer({ min: 0, max: 2 }),
});
const requestsArbitrary = fc
  .array(
    fc.record({
      asker: fc.constantFrom<Asker>('daily', 'other', 'other'),
      fromMs: fc.oneof(fc.integer({ min: 0, max: 90_000 }), fc.integer({ min: 0, max: 3 * dayMs })),
      lagMs: fc.integer({ min: 0, max: 900 }),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((all) => all.map((each, index) => ({ ...each, id: `r${index}`, fromMs: startMs + each.fromMs })));

describe('whoever asks, and whenever', () => {
  it('no sliding minute, no day and no month has more requests than the plan allows, and no share is touched', () => {
    fc.assert(
      fc.property(limitsArbitrary, requestsArbitrary, (limits, requests) => {
        const sent = play(limits, requests, startMs + 70 * dayMs);
        const times = sent.map(({ atMs }) => atMs);
        expect([...times].sort((one, other) => one - other)).toEqual(times);
        const perMinute = limits.requestsPerMinute ?? Infinity;
        for (const [index, time] of times.entries()) {
          const later = times[index + perMinute];
          if (later !== undefined) expect(later - time).toBeGreaterThan(60_000);
        }
        for (const unit of ['day', 'month'] as const) {
          const limit = (unit === 'day' ? limits.requestsPerDay : limits.requestsPerMonth) ?? Infinity;
          for (const period of new Set(times.map((time) => periodAt(unit, time)))) {
            const of = sent.filter(({ atMs }) => periodAt(unit, atMs) === period);
            expect(of.length).toBeLessThanOrEqual(limit);
            const others = of.filter(({ request }) => request.asker === 'other');
            // Of a day, whatever daily runs did, others never had more than what is not theirs.
            if (unit === 'day') expect(others.length).toBeLessThanOrEqual(limit - limits.dailyShare);
          }
        }
      }),
    );
  });

  it('everybody is served in the end, and of two of a kind who came first is, where both come back in time', () => {
    fc.assert(
      fc.property(limitsArbitrary, requestsArbitrary, (limits, requests) => {
        const prompt = requests.map((request) => ({ ...request, lagMs: 0 }));
        const sent = play(limits, prompt, startMs + 400 * dayMs);
        expect(sent).toHaveLength(prompt.length);
        for (const asker of ['daily', 'other'] as const) {
          const ofKind = sent.filter(({ request }) => request.asker === asker);
          const cameAt = ofKind.map(({ request }) => request.fromMs);
          expect([...cameAt].sort((one, other) => one - other)).toEqual(cameAt);
        }
      }),
    );
  });

  it('the line and the grants that a ledger remembers stay bounded', () => {
    const desk = new Desk();
    for (let index = 0; index < 1_000; index += 1) desk.ask(`r${index}`, {}, startMs + index);
    expect(desk.ledger.granted).toHaveLength(256);
    expect(desk.ledger.waiting).toEqual([]);
    expect(JSON.stringify(desk.ledger).length).toBeLessThan(20_000);
  });
});

describe('the periods', () => {
  it('begin and end at midnight UTC', () => {
    expect(new Date(nextPeriodMs('minute', startMs + 1)).toISOString()).toBe('2026-11-20T12:01:00.000Z');
    expect(new Date(nextPeriodMs('day', startMs)).toISOString()).toBe('2026-11-21T00:00:00.000Z');
    expect(new Date(nextPeriodMs('month', Date.parse('2026-12-31T23:59:59Z'))).toISOString()).toBe(
      '2027-01-01T00:00:00.000Z',
    );
    expect(daysLeftInMonth(startMs)).toBe(10);
    expect(daysLeftInMonth(Date.parse('2028-02-28T12:00:00Z'))).toBe(1);
  });
});

describe('what people are told', () => {
  it('says what is used and left, when it begins anew, and who waits for what', () => {
    const desk = new Desk();
    const limits = { requestsPerMinute: 5, requestsPerDay: 3, dailyShare: 1 };
    for (const [index, id] of ['a', 'b', 'c'].entries()) desk.ask(id, limits, startMs + index * 20_000);
    const left = quotaLeft(desk.ledger, startMs + 40_000);
    expect(left.units).toMatchObject({
      minute: { used: 2, limit: 5, left: 3 },
      day: { used: 2, limit: 3, left: 1, resetsAt: '2026-11-21T00:00:00.000Z' },
      month: { used: 2, limit: null, left: null },
    });
    expect(left).toMatchObject({ dailyShare: 1, dailyUsed: 0, forOthers: { day: 0, month: null } });
    expect(left.waiting).toMatchObject([{ run: 'backfill/x', label: 'c', reason: 'day' }]);
    expect(quotaLeft(desk.ledger, startMs + dayMs).units.day).toMatchObject({ used: 0, left: 3 });
    expect(quotaDetails(left)).toContain('| day | 2 | 3 | 2026-11-21T00:00:00.000Z |');
  });

  it('says a wait in words, and knows a daily run by its id', () => {
    const wait = { source: 'massive', until: '2026-11-21T00:00:00.000Z' };
    expect(quotaWaitSentence({ ...wait, reason: 'day' })).toBe(
      "waits for massive's quota of the day, until 2026-11-21 00:00 UTC",
    );
    expect(quotaWaitSentence({ ...wait, reason: 'held' })).toContain(
      'massive said that it is asked too often',
    );
    expect(askerOf('daily/2026-11-20')).toBe('daily');
    expect(askerOf('retry/daily/2026-11-20')).toBe('other');
    expect(spacingMs(noLimits)).toBe(0);
  });
});
