import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { marketFindings, type ObservedDay } from '../../alerts/find/market.ts';
import { addDays } from '../../workflows/pure/cell.ts';

const first = '2026-01-01';

function days(closes: readonly number[], volumes: readonly (number | null)[] = []): ObservedDay[] {
  return closes.map((close, index) => ({
    date: addDays(first, index),
    close,
    volume: volumes[index] ?? null,
    currency: 'USD',
  }));
}

const above = { ticker: 'BTC', crosses: 'above', price: 100 } as const;
const below = { ticker: 'BTC', crosses: 'below', price: 100 } as const;
const datesOf = (rule: Parameters<typeof marketFindings>[0], closes: readonly number[]): string[] =>
  marketFindings(rule, days(closes), first).map(({ date }) => date.slice(-2));

describe('a price that is crossed', () => {
  it('is told on the day whose close lies on the other side of the close before, or on it', () => {
    expect(datesOf(above, [99, 101, 102, 98, 100, 101])).toEqual(['02', '05']);
    expect(datesOf(below, [101, 99, 98, 102, 100, 99])).toEqual(['02', '05']);
  });

  it('is crossed above and below in turns, whatever the closes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 90, max: 110 }).filter((close) => close !== 100)), (closes) => {
        const found = [
          ...marketFindings(above, days(closes), first),
          ...marketFindings(below, days(closes), first),
        ]
          .sort((left, right) => (left.date < right.date ? -1 : 1))
          .map((finding) => ('crosses' in finding ? finding.crosses : ''));
        expect(found.every((side, index) => side !== found[index - 1])).toBe(true);
        const isOver = (close: number | undefined): boolean => (close ?? 0) > 100;
        const changes = closes.filter(
          (close, index) => index > 0 && isOver(close) !== isOver(closes[index - 1]),
        );
        expect(found).toHaveLength(changes.length);
      }),
    );
  });

  it('is no news where it lies before the days that are looked at, which the day before them still decides', () => {
    const closes = days([99, 101, 99, 101]);
    expect(marketFindings(above, closes, addDays(first, 3)).map(({ date }) => date)).toEqual([
      addDays(first, 3),
    ]);
  });
});

describe('a volume far above its average', () => {
  const rule = { ticker: 'AAPL', volumeTimesAverage: 5, overDays: 3 } as const;
  const found = (volumes: readonly (number | null)[]): unknown[] =>
    marketFindings(
      rule,
      days(
        volumes.map(() => 1),
        volumes,
      ),
      first,
    );

  it('is told against the mean of the days before, without the day itself', () => {
    expect(found([10, 20, 30, 100])).toEqual([
      expect.objectContaining({ date: addDays(first, 3), volume: 100, average: 20 }),
    ]);
    expect(found([10, 20, 30, 99])).toEqual([]);
  });

  it('is not told where a day has no volume, or too few days are known', () => {
    expect(found([10, null, 30, 1_000])).toEqual([]);
    expect(found([10, 20, 1_000])).toEqual([]);
    expect(found([0, 0, 0, 1_000])).toEqual([]);
  });
});
