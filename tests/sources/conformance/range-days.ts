import { expect } from 'vitest';
import type { BarChange } from '../../../sources/sample/faults.ts';
import type { SourceRow } from '../../../sources/source.ts';
import { addDays, datesBetween } from '../../../workflows/pure/cell.ts';
import type { RangeFacts } from './facts-shape.ts';
import { newestDay } from './stage.ts';
import { daysOf, rowsOn, take, week, type Subject, type Taken } from './subject.ts';

type RangeSubject = Subject<RangeFacts>;

/** How many days are asked for where nothing else bounds a range: both changes of the clocks lie among them. */
const usualDays = 400;

/** The longest range that a plan asks for at once. */
export function longest({ resource, usual }: RangeSubject): { from: string; to: string } {
  const { maxRangeDays } = resource.coverage;
  const { historyDays } = usual.plan;
  const bounds = [maxRangeDays, historyDays].filter((bound) => bound !== null);
  return {
    from: addDays(newestDay, 1 - Math.min(...(bounds.length > 0 ? bounds : [usualDays]))),
    to: newestDay,
  };
}

/** The rows of the subject's symbol on one day. */
export function rowsOfDay(
  subject: RangeSubject,
  taken: Taken,
  date: string,
  days: { from: string; to: string } = week,
): SourceRow[] {
  const { symbol } = subject.facts;
  return rowsOn(subject, taken, daysOf(symbol, days), symbol, date);
}

/** Asks for days of the subject's symbol. */
export function takeDays(subject: RangeSubject, days: { from: string; to: string } = week): Promise<Taken> {
  return take(subject, daysOf(subject.facts.symbol, days));
}

/** Lies about days of the subject's asset, in every answer from now on. */
export function lie({ stage, facts }: RangeSubject, dates: readonly string[], change: BarChange): void {
  for (const date of dates)
    stage.market.order({ kind: 'patch-bar', symbol: facts.asset.symbol, date, change, times: null });
}

/** Holds the rows of a range against the book, day by day. */
export function expectAsTheBook(
  subject: RangeSubject,
  taken: Taken,
  days: { from: string; to: string },
): void {
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
