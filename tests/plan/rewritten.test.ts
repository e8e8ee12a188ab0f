import { describe, expect, it } from 'vitest';
import { isHistoryRewritten, splitOf } from '../../plan/rewritten.ts';

/** What was found on the 1st, 2nd, … of a month. */
const found = (...ratios: (number | null)[]): boolean =>
  isHistoryRewritten(ratios.map((ratio, place) => ({ date: `2026-01-0${place + 1}`, ratio })));

describe('a whole history', () => {
  it('was rewritten where every close up to some day has changed by one ratio, but for rounding', () => {
    expect(found(0.5, 0.5, 0.501)).toBe(true);
    expect(found(0.9973, 0.9973)).toBe(true);
    expect(found(0.5, 0.5, 1)).toBe(true);
    expect(found(0.1, null, 0.1)).toBe(true);
  });

  it('was not where closes changed by several ratios, or some before the last of them not at all', () => {
    expect(found(0.5, 0.6)).toBe(false);
    expect(found(1, 0.5)).toBe(false);
    expect(found(1.0001, 1.0003)).toBe(false);
    expect(found(1, 1, 1)).toBe(false);
    expect(found()).toBe(false);
  });

  it('is believed from one close only where that looks like a split', () => {
    expect([found(0.5), found(10), found(1.03), found(null)]).toEqual([true, true, false, false]);
  });
});

describe('a ratio', () => {
  it.each([
    [0.5, '2:1'],
    [1 / 3, '3:1'],
    [0.0998, '10:1'],
    [2 / 3, '3:2'],
    [0.8, '5:4'],
    [10, '1:10'],
    [2, '1:2'],
    [1.5, '2:3'],
  ])('of %d looks like a split of %s', (ratio, split) => {
    expect(splitOf(ratio)).toBe(split);
  });

  it.each([1, 1.002, 0.97, 1.07, 0, -2, Number.NaN, 0.01234])('of %d looks like none', (ratio) => {
    expect(splitOf(ratio)).toBeNull();
  });
});
