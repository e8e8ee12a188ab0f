import { expect } from 'vitest';
import { addDays } from '../../../workflows/pure/cell.ts';
import { isLacking, type RangeFacts } from './facts-shape.ts';
import { isNear, lie, rowsOfDay, takeDays } from './range-days.ts';
import { today } from './stage.ts';
import { daysOf, midweek, outcomeOf, rowsOn, take, week, type Claim } from './subject.ts';

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

/** What holds of ranges that nobody should ask for, and of answers that nobody should give. */
export const oddRangeClaims: readonly Claim<RangeFacts>[] = [
  unknownSymbol,
  oddSymbol,
  tooOld,
  clipped,
  badNumber,
];
