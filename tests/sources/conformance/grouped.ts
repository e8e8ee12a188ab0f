import { expect } from 'vitest';
import type { Ask } from '../../../sources/source.ts';
import type { RangeFacts } from './facts-shape.ts';
import { isNear } from './range-days.ts';
import { midweek, outcomeOf, rowsOn, take, weekend, type Claim, type Subject } from './subject.ts';

function wholeDay({ resource, facts }: Subject<RangeFacts>, date: string): Ask {
  const group = resource.coverage.groupOf(facts.symbol);
  if (group === null) throw new Error(`No whole day holds ${facts.symbol}.`);
  return { kind: 'grouped', group, date };
}

const asTheRange: Claim<RangeFacts> = {
  title: 'a whole day holds of each symbol what its range would, for that day alone',
  async check(subject) {
    const { facts, stage } = subject;
    const ask = wholeDay(subject, midweek.day);
    const taken = await take(subject, ask);
    const asset = stage.book.find(facts.asset.kind, facts.asset.symbol);
    const bar = asset && stage.book.barOf(asset, midweek.day);
    if (bar === undefined) throw new Error(`The book has no ${facts.asset.symbol}: correct the facts.`);
    const rows = rowsOn(subject, taken, ask, facts.symbol, midweek.day);
    expect(rows).toHaveLength(1);
    expect(isNear(rows[0], facts.rowOf(bar), facts.deviation)).toBe(true);
    expect(taken.rowCount).toBeGreaterThan(1);
    expect(rowsOn(subject, taken, ask, facts.symbol, midweek.before)).toEqual([]);
  },
};

const absent: Claim<RangeFacts> = {
  title: 'a whole day has no row of a symbol that is not in it',
  async check(subject) {
    const { facts, stage } = subject;
    const { symbol } = facts.asset;
    stage.market.order({ kind: 'patch-bar', symbol, date: midweek.day, change: { op: 'drop' } });
    const ask = wholeDay(subject, midweek.day);
    const taken = await take(subject, ask);
    for (const absent of [facts.symbol, facts.unknown.symbol, 'constructor', '__proto__'])
      expect(rowsOn(subject, taken, ask, absent, midweek.day)).toEqual([]);
  },
};

const closed: Claim<RangeFacts> = {
  title: 'a whole day on which the market was closed is no outage and has no row',
  async check(subject) {
    expect(await outcomeOf(subject, () => take(subject, wholeDay(subject, weekend.from)))).toBe('no rows');
  },
};

/** What holds of every resource that has whole days of a market; the range claims hold of it too. */
export const groupedClaims: readonly Claim<RangeFacts>[] = [asTheRange, absent, closed];
