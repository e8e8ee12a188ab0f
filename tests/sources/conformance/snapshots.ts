import { expect } from 'vitest';
import type { SnapshotAsk } from '../../../sources/source.ts';
import { addDays } from '../../../workflows/pure/cell.ts';
import { isLacking, type SnapshotFacts } from './facts-shape.ts';
import { isNear } from './range-days.ts';
import { noon, today } from './stage.ts';
import { daysOf, refusedBy, rowsOn, take, type Claim, type Subject, type Taken } from './subject.ts';

type SnapshotSubject = Subject<SnapshotFacts>;

const dayMs = 86_400_000;

function askOf({ facts }: SnapshotSubject, date = today): SnapshotAsk {
  return { kind: 'snapshot', top: facts.top, date };
}

function takeWhole(subject: SnapshotSubject): Promise<Taken> {
  return take(subject, askOf(subject));
}

function membersOf(
  subject: SnapshotSubject,
  { pages }: Taken,
): { ids: readonly string[]; repeated: readonly string[] } {
  const found = subject.resource.membersOf?.(pages, askOf(subject));
  if (found === undefined) throw new Error('A snapshot resource needs membersOf.');
  return found;
}

/** Holds that there are as many members as were asked for, each once, each with one row, in the order of their places. */
function expectWhole(subject: SnapshotSubject, taken: Taken): void {
  const { ids } = membersOf(subject, taken);
  expect([ids.length, new Set(ids).size]).toEqual([subject.facts.top, subject.facts.top]);
  const rows = ids.map((id) => rowsOn(subject, taken, askOf(subject), id, today));
  expect(rows.every((found) => found.length === 1)).toBe(true);
  expect(rows.map(([row]) => row?.['rank'])).toEqual(ids.map((_, index) => index + 1));
}

/** Takes the snapshot of one day on a market whose clock stands at some instant. */
async function takenAt(subject: SnapshotSubject, now: Date, date: string): Promise<Taken> {
  const { market } = subject.stage;
  market.setNow(now);
  try {
    return await take(subject, { ...askOf(subject, date), top: 5 });
  } finally {
    market.setNow(noon);
  }
}

const whole: Claim<SnapshotFacts> = {
  title: 'the first so many are all there, each once and in rank order, over as many pages as that takes',
  async check(subject) {
    const { facts, resource, stage } = subject;
    stage.market.forgetRequests();
    const taken = await takeWhole(subject);
    expectWhole(subject, taken);
    expect(membersOf(subject, taken).repeated).toEqual([]);
    const { rowsOnPage = facts.top } = resource.coverage;
    expect(taken.pages).toHaveLength(Math.ceil(facts.top / rowsOnPage));
    expect(stage.market.requests).toHaveLength(taken.pages.length);
    expect(taken.pages.length > 1).toBe(!isLacking(facts.pages));
  },
};

const reshuffled: Claim<SnapshotFacts> = {
  title: 'a ranking that moves between two pages brings no coin twice, loses none in silence, and says so',
  async check(subject) {
    subject.stage.market.order({ kind: 'reshuffle', places: 3 });
    const taken = await takeWhole(subject);
    expectWhole(subject, taken);
    expect(membersOf(subject, taken).repeated).toHaveLength(isLacking(subject.facts.pages) ? 0 : 3);
  },
};

const units: Claim<SnapshotFacts> = {
  title: 'a member’s row holds its last 24 hours in the contract’s units',
  async check(subject) {
    const { stage, facts } = subject;
    const asset = stage.book.find(facts.asset.kind, facts.asset.symbol);
    if (asset === undefined) throw new Error(`The book has no ${facts.asset.symbol}: correct the facts.`);
    const [row] = rowsOn(subject, await takeWhole(subject), askOf(subject), facts.member, today);
    const expected = facts.rowOf(stage.book.lastDayUntil(asset, noon.getTime()));
    expect({ row, isNear: isNear(row, expected, facts.deviation) }).toMatchObject({ isNear: true });
  },
};

const otherDay: Claim<SnapshotFacts> = {
  title:
    'a page of another UTC day is refused and tried again, the day before and the day after, to the minute',
  async check(subject) {
    const midnightMs = Math.floor(noon.getTime() / dayMs) * dayMs;
    const within = [midnightMs + 120_000, midnightMs + dayMs - 1_000];
    for (const atMs of within)
      expect((await takenAt(subject, new Date(atMs), today)).rowCount).toBeGreaterThan(0);
    for (const atMs of [midnightMs - 1_000, midnightMs + dayMs + 120_000, midnightMs - 30 * dayMs]) {
      const error = await refusedBy(subject, () => takenAt(subject, new Date(atMs), today));
      expect([atMs, error.code, error.isRetryable]).toEqual([atMs, 'WrongDay', true]);
    }
  },
};

const pastDay: Claim<SnapshotFacts> = {
  title: 'a past day cannot be asked for, and no cell of another day is found in it',
  async check(subject) {
    const yesterday = addDays(today, -1);
    const error = await refusedBy(subject, () => takenAt(subject, noon, yesterday));
    expect(error.code).toBe('WrongDay');
    const range = await refusedBy(subject, () => take(subject, daysOf(subject.facts.member)));
    expect([range.code, range.isRetryable]).toEqual(['RequestRefused', false]);
    const taken = await takeWhole(subject);
    expect(rowsOn(subject, taken, askOf(subject), subject.facts.member, yesterday)).toEqual([]);
  },
};

const stranger: Claim<SnapshotFacts> = {
  title: 'who is not among them has no row, though the answer may name more',
  async check(subject) {
    const ask = { ...askOf(subject), top: 3 };
    const taken = await take(subject, ask);
    const ids = subject.resource.membersOf?.(taken.pages, ask).ids ?? [];
    expect(ids).toHaveLength(3);
    const [, , , fourth = 'none'] = membersOf(subject, await takeWhole(subject)).ids;
    for (const id of [fourth, 'no-such-coin', 'constructor', '__proto__', 'all'])
      expect(rowsOn(subject, taken, ask, id, today)).toEqual([]);
  },
};

const missing: Claim<SnapshotFacts> = {
  title: 'a coin that the answer leaves out is no member, and its place is filled',
  async check(subject) {
    const { market } = subject.stage;
    const { symbol } = subject.facts.asset;
    market.order({ kind: 'patch-bar', symbol, date: today, change: { op: 'drop' }, times: null });
    const { ids } = membersOf(subject, await takeWhole(subject));
    expect(ids).not.toContain(subject.facts.member);
    expect(ids).toHaveLength(subject.facts.top);
  },
};

const badNumber: Claim<SnapshotFacts> = {
  title: 'a number that cannot be a price reaches the audit of its own cell, and takes no other coin along',
  async check(subject) {
    const { market } = subject.stage;
    const { member, asset, top } = subject.facts;
    for (const value of [null, 0, -1]) {
      const change = { op: 'set', field: 'close', value } as const;
      market.order({ kind: 'patch-bar', symbol: asset.symbol, date: today, change, times: null });
      const taken = await takeWhole(subject);
      market.clearFaults();
      const [row] = rowsOn(subject, taken, askOf(subject), member, today);
      expect([row?.['price'], membersOf(subject, taken).ids.length]).toEqual([value, top]);
    }
  },
};

/** What holds of every snapshot. */
export const snapshotClaims: readonly Claim<SnapshotFacts>[] = [
  whole,
  reshuffled,
  units,
  otherDay,
  pastDay,
  stranger,
  missing,
  badNumber,
];
