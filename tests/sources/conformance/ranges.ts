import { expect } from 'vitest';
import type { SourceRow } from '../../../sources/source.ts';
import type { BarChange } from '../../../sources/sample/faults.ts';
import { datesBetween, addDays } from '../../../workflows/pure/cell.ts';
import { isLacking, type RangeFacts } from './facts-shape.ts';
import { newestDay, today } from './stage.ts';
import {
  daysOf,
  midweek,
  onMarket,
  outcomeOf,
  rowsOn,
  take,
  week,
  weekend,
  type Claim,
  type Subject,
  type Taken,
} from './subject.ts';

type RangeSubject = Subject<RangeFacts>;

/** How many days are asked for where nothing else bounds a range: both changes of the clocks lie among them. */
const usualDays = 400;

/** The longest range that a plan asks for at once. */
function longest({ resource, usual }: RangeSubject): { from: string; to: string } {
  const { maxRangeDays } = resource.coverage;
  const { historyDays } = usual.plan;
  const bounds = [maxRangeDays, historyDays].filter((bound) => bound !== null);
  return {
    from: addDays(newestDay, 1 - Math.min(...(bounds.length > 0 ? bounds : [usualDays]))),
    to: newestDay,
  };
}

function rowsOfDay(
  subject: RangeSubject,
  taken: Taken,
  date: string,
  days: { from: string; to: string } = week,
): SourceRow[] {
  const { symbol } = subject.facts;
  return rowsOn(subject, taken, daysOf(symbol, days), symbol, date);
}

function takeDays(subject: RangeSubject, days: { from: string; to: string } = week): Promise<Taken> {
  return take(subject, daysOf(subject.facts.symbol, days));
}

/** Lies about days of the subject's asset, in every answer from now on. */
function lie({ stage, facts }: RangeSubject, dates: readonly string[], change: BarChange): void {
  for (const date of dates)
    stage.market.order({ kind: 'patch-bar', symbol: facts.asset.symbol, date, change, times: null });
}

/** Holds the rows of a range against the book, day by day. */
function expectAsTheBook(subject: RangeSubject, taken: Taken, days: { from: string; to: string }): void {
  const { stage, facts } = subject;
  const asset = stage.book.find(facts.asset.kind, facts.asset.symbol);
  if (asset === undefined) throw new Error(`The book has no ${facts.asset.symbol}: correct the facts.`);
  const wrong = datesBetween(days.from, days.to).flatMap((date) => {
    const bar = stage.book.barOf(asset, date);
    const rows = rowsOfDay(subject, taken, date, days);
    const isClosed = facts.ownHolidays?.includes(date) ?? false;
    const expected = bar === undefined || isClosed ? [] : [facts.rowOf(bar)];
    const isRight =
      rows.length === expected.length && expected.every((row) => isNear(rows[0], row, facts.deviation));
    return isRight ? [] : [{ date, rows, expected }];
  });
  expect(wrong.slice(0, 3)).toEqual([]);
}

/** Tells whether a row holds these numbers, each off by no more than a part of itself. */
export function isNear(
  row: SourceRow | undefined,
  expected: Readonly<Record<string, number>>,
  deviation: number,
): boolean {
  return Object.entries(expected).every(([column, value]) => {
    const found = row?.[column];
    return typeof found === 'number' && Math.abs(found - value) <= Math.abs(value) * (deviation + 1e-9);
  });
}

const dayByDay: Claim<RangeFacts> = {
  title:
    'the longest range that is asked at once comes whole: each day under its own date, in the contract’s units',
  async check(subject) {
    const days = longest(subject);
    const taken = await takeDays(subject, days);
    expectAsTheBook(subject, taken, days);
    // Whatever falls due on the day that is running has no close yet.
    expect(rowsOfDay(subject, taken, today, { ...days, to: today })).toEqual([]);
    if (isLacking(subject.facts.pages)) expect(taken.requests).toHaveLength(1);
  },
};

const boundary: Claim<RangeFacts> = {
  title: 'what is told of a day is in that day’s cell and in no other',
  async check(subject) {
    const honest = await takeDays(subject);
    lie(subject, [midweek.day], { op: 'multiply', factor: 3 });
    const told = await takeDays(subject);
    const changed = datesBetween(week.from, week.to).filter((date) => {
      const [before, after] = [honest, told].map((taken) => rowsOfDay(subject, taken, date));
      return JSON.stringify(before) !== JSON.stringify(after);
    });
    expect(changed).toEqual([midweek.day]);
  },
};

const pages: Claim<RangeFacts> = {
  title: 'pages are followed to the last one, and together they hold what one would',
  async check(subject) {
    const ask = daysOf(subject.facts.symbol);
    await onMarket(subject, { pageSize: 2 }, async (market, access) => {
      const taken = await take(subject, ask, access);
      expectAsTheBook(subject, taken, week);
      if (isLacking(subject.facts.pages)) return expect(taken.pages).toHaveLength(1);
      expect(taken.pages.length).toBeGreaterThan(2);
      expect(taken.pages).toHaveLength(market.requests.length);
      expect(new Set(taken.requests.map(({ target }) => target)).size).toBe(taken.requests.length);
    });
  },
};

const emptyDay: Claim<RangeFacts> = {
  title: 'a day that an answer leaves out has no row, and its neighbours have theirs',
  async check(subject) {
    lie(subject, [midweek.day], { op: 'drop' });
    const taken = await takeDays(subject);
    const { before, day, after } = midweek;
    expect([before, day, after].map((date) => rowsOfDay(subject, taken, date).length)).toEqual([1, 0, 1]);
  },
};

const emptyRange: Claim<RangeFacts> = {
  title: 'a range without a single row is told apart from an outage',
  async check(subject) {
    lie(subject, datesBetween(week.from, today), { op: 'drop' });
    expect(await outcomeOf(subject, () => takeDays(subject))).toBe(subject.facts.emptyRange);
  },
};

const closedDay: Claim<RangeFacts> = {
  title: 'a closed day is given no other day’s price',
  async check(subject) {
    const { closedDay: fact } = subject.facts;
    if (isLacking(fact)) {
      const taken = await takeDays(subject, weekend);
      return expect(rowsOfDay(subject, taken, weekend.to, weekend)).toHaveLength(1);
    }
    expect(await outcomeOf(subject, () => takeDays(subject, weekend))).toBe(fact);
    const around = await takeDays(subject);
    for (const date of [weekend.from, weekend.to]) expect(rowsOfDay(subject, around, date)).toEqual([]);
  },
};

const unknownSymbol: Claim<RangeFacts> = {
  title: 'a symbol that it does not know has no row, and is no outage',
  async check(subject) {
    const { unknown } = subject.facts;
    expect(['no rows', 'SymbolUnknown']).toContain(unknown.outcome);
    expect(await outcomeOf(subject, () => take(subject, daysOf(unknown.symbol)))).toBe(unknown.outcome);
    const taken = await takeDays(subject);
    expect(rowsOn(subject, taken, daysOf(subject.facts.symbol), unknown.symbol, midweek.day)).toEqual([]);
  },
};

const oddSymbol: Claim<RangeFacts> = {
  title: 'a symbol stays in its place: it neither climbs in the path nor adds a parameter',
  async check(subject) {
    const { market } = subject.stage;
    const shapeOf = (): string => {
      const [request] = market.requests;
      const places = request?.path.split('/').length;
      return JSON.stringify([places, Object.keys(request?.query ?? {})]);
    };
    market.forgetRequests();
    await takeDays(subject);
    const usual = shapeOf();
    for (const symbol of ['..', '.', '', 'a/b', '../../x', 'a?b=c', 'a&b=c', 'a#b', 'a b', '%2e%2e', 'é']) {
      market.forgetRequests();
      const outcome = await outcomeOf(subject, () => take(subject, daysOf(symbol)));
      expect([symbol, outcome === 'rows']).toEqual([symbol, false]);
      if (market.requests.length > 0) expect([symbol, shapeOf()]).toEqual([symbol, usual]);
    }
  },
};

const tooOld: Claim<RangeFacts> = {
  title: 'days before its history are refused for good, and never answered with others',
  async check(subject) {
    const { facts, usual, played } = subject;
    const reach = played.api.historyDays;
    if (isLacking(facts.tooOld) || reach === null) {
      expect(isLacking(facts.tooOld)).toBe(true);
      return expect([usual.plan.historyDays, reach]).toEqual([null, null]);
    }
    const days = { from: addDays(today, -reach - 20), to: addDays(today, -reach - 10) };
    expect(await outcomeOf(subject, () => takeDays(subject, days))).toBe(facts.tooOld);
  },
};

const clipped: Claim<RangeFacts> = {
  title: 'days that an answer silently leaves off its beginning have no row',
  async check(subject) {
    subject.stage.market.order({ kind: 'clip', days: 2 });
    // Two, since where a range ends today the one that is running is among them.
    const taken = await takeDays(subject);
    expect(rowsOfDay(subject, taken, week.from)).toEqual([]);
    expect(rowsOfDay(subject, taken, week.to)).toHaveLength(1);
  },
};

const badNumber: Claim<RangeFacts> = {
  title: 'a number that cannot be a price reaches the audit of its own cell, and takes no other day along',
  async check(subject) {
    const { before, day, after } = midweek;
    const [column = ''] = Object.keys(subject.facts.rowOf({ ...anyBar, date: day }));
    for (const value of [null, 0, -1]) {
      lie(subject, [day], { op: 'set', field: 'close', value });
      const taken = await takeDays(subject);
      subject.stage.market.clearFaults();
      const found = rowsOfDay(subject, taken, day);
      const isHandedOn =
        value === null
          ? found[0]?.[column] === null
          : isNear(found[0], { [column]: value }, subject.facts.deviation);
      expect({ value, found, isHandedOn }).toMatchObject({ isHandedOn: true });
      expect([before, after].map((date) => rowsOfDay(subject, taken, date).length)).toEqual([1, 1]);
    }
  },
};

const anyBar = { open: 1, high: 1, low: 1, close: 1, volume: 1, average: 1, trades: 1 };

/** What holds of every resource that is asked for ranges of one symbol. */
export const rangeClaims: readonly Claim<RangeFacts>[] = [
  dayByDay,
  boundary,
  pages,
  emptyDay,
  emptyRange,
  closedDay,
  unknownSymbol,
  oddSymbol,
  tooOld,
  clipped,
  badNumber,
];
