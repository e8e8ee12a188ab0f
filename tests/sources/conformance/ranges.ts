import { expect } from 'vitest';
import { datesBetween } from '../../../workflows/pure/cell.ts';
import { isLacking, type RangeFacts } from './facts-shape.ts';
import { expectAsTheBook, lie, longest, rowsOfDay, takeDays } from './range-days.ts';
import { today } from './stage.ts';
import { daysOf, midweek, onMarket, outcomeOf, take, week, weekend, type Claim } from './subject.ts';

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

/** What holds of the days of one symbol, where it is asked as it should be. */
export const rangeClaims: readonly Claim<RangeFacts>[] = [
  dayByDay,
  boundary,
  pages,
  emptyDay,
  emptyRange,
  closedDay,
];
