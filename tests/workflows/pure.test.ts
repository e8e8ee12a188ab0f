import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  datesBetween,
  daysBetween,
  isPartitionDate,
  splitDataset,
} from '../../workflows/pure/cell.ts';
import { troubleOf } from '../../workflows/pure/failure.ts';
import * as ids from '../../workflows/pure/ids.ts';
import { cellDetails, cellRemedies } from '../../workflows/pure/markdown.ts';
import {
  addTallies,
  emptyTally,
  settledCount,
  tallyOfTrouble,
  troublesNamed,
  type CellTrouble,
  type Tally,
} from '../../workflows/pure/run.ts';

const cell = { dataset: 'massive.daily_bars', ticker: 'AAPL', date: '2026-11-19' };

describe('an id', () => {
  it('says what it does, after the lake’s id', () => {
    expect(ids.partitionId(cell)).toBe('partition/2026-11-19/AAPL/massive.daily_bars');
    expect(ids.windowId('massive.daily_bars', 'AAPL', '2026-08-22', '2026-11-19')).toBe(
      'window/massive.daily_bars/AAPL/2026-08-22..2026-11-19',
    );
    expect(ids.monthId(cell, '20261120T120000-12345678')).toBe(
      'month/massive.daily_bars/AAPL/2026-11/20261120T120000-12345678',
    );
    expect(ids.withoutBatch(ids.monthId(cell, '20261120T120000-12345678'))).toBe(ids.monthOf(cell));
    expect(ids.dailyId('2026-11-19')).toBe('daily/2026-11-19');
    expect(ids.backfillId('2026-08-22', '2026-11-19', 'ab12')).toBe('backfill/2026-08-22..2026-11-19/ab12');
    expect(ids.retryId('daily/2026-11-19')).toBe('retry/daily/2026-11-19');
  });

  it('comes back from below the lake’s, and another lake’s stays whole', () => {
    fc.assert(
      fc.property(fc.string(), (id) => ids.withoutLake('sample-1', ids.inLake('sample-1', id)) === id),
    );
    expect(ids.withoutLake('sample-1', 'sample-12/daily/2026-11-19')).toBe('sample-12/daily/2026-11-19');
  });

  it('of the longest ticker stays below the 255 characters that a server on PostgreSQL takes', () => {
    const longest = { ...cell, ticker: 'T'.repeat(40) };
    expect(ids.inLake('sample-abcdef', ids.partitionId(longest)).length).toBeLessThan(255);
  });
});

describe('a failure', () => {
  const failure = (message: string, facts: { type?: string; cause?: unknown }): Error =>
    Object.assign(
      new Error(message, { cause: facts.cause }),
      facts.type === undefined ? {} : { type: facts.type },
    );

  it('is told by the cause that names a type, however deep Temporal wrapped it', () => {
    const own = failure('the key is wrong', {
      type: 'KeyRefused',
      cause: failure('HTTP 401', { type: 'Inner' }),
    });
    const wrapped = failure('Child failed', { cause: failure('Activity failed', { cause: own }) });
    expect(troubleOf(wrapped)).toEqual({ code: 'KeyRefused', reason: 'the key is wrong' });
  });

  it('without a type is told by its deepest message', () => {
    const error = failure('Activity failed', { cause: failure('it timed out', {}) });
    expect(troubleOf(error)).toMatchObject({ reason: 'it timed out' });
  });

  it('that is no error, or holds itself, is told all the same', () => {
    expect(troubleOf('odd')).toEqual({ code: 'Unknown', reason: 'odd' });
    const circle = new Error('round');
    circle.cause = circle;
    expect(troubleOf(circle).reason).toBe('round');
  });
});

describe('what the Web UI shows of a cell', () => {
  it('names cell, state and reason, and every way to try it again', () => {
    const text = cellDetails(cell, 'refused', 'high is below low', cellRemedies(cell));
    expect(text).toContain('**AAPL 2026-11-19** (massive.daily_bars): **refused**');
    expect(text).toContain('high is below low');
    for (const word of [
      'Reset',
      'Start Workflow Like This One',
      'client/retry.ts 2026-11-19 AAPL',
      'client/skip.ts',
    ]) {
      expect(text).toContain(word);
    }
    expect(text.length).toBeLessThan(20_000);
  });
});

describe('a tally', () => {
  const trouble: CellTrouble = { ...cell, state: 'failed', code: 'NoData', reason: 'none' };
  const counts = fc.record({
    published: fc.nat(99),
    waiting: fc.nat(99),
    refused: fc.nat(99),
    failed: fc.nat(99),
    skipped: fc.nat(99),
    dropped: fc.nat(99),
  });
  const tallies = counts.map((count): Tally => ({ ...count, troubles: [] }));

  it('loses no cell when tallies are added, in whatever order', () => {
    fc.assert(
      fc.property(tallies, tallies, (left, right) => {
        expect(settledCount(addTallies(left, right))).toBe(settledCount(left) + settledCount(right));
        expect(addTallies(left, right)).toEqual(addTallies(right, left));
        expect(addTallies(left, emptyTally)).toEqual(left);
      }),
    );
  });

  it('counts every trouble and names only the first few, so that it stays small', () => {
    const many = Array.from({ length: 100 }, () => tallyOfTrouble(trouble)).reduce(addTallies, emptyTally);
    expect(many.failed).toBe(100);
    expect(many.troubles).toHaveLength(troublesNamed);
  });
});

describe('dates', () => {
  it('go forth and back over leap days and years', () => {
    fc.assert(
      fc.property(fc.integer({ min: -20_000, max: 20_000 }), (days) => {
        const date = addDays('2024-02-29', days);
        expect(isPartitionDate(date)).toBe(true);
        expect(daysBetween('2024-02-29', date)).toBe(days);
      }),
    );
  });

  it('that do not exist are no dates', () => {
    for (const text of ['2026-02-29', '2026-13-01', '2026-1-01', '20261119', '2026-11-19T00:00', '']) {
      expect(isPartitionDate(text)).toBe(false);
    }
  });

  it('between two are all of them, both ends included, and none the wrong way round', () => {
    expect(datesBetween('2026-02-27', '2026-03-01')).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
    expect(datesBetween('2026-03-01', '2026-02-27')).toEqual([]);
  });

  it('and datasets are split at the first dot only', () => {
    expect(splitDataset('massive.daily_bars')).toEqual({ source: 'massive', resource: 'daily_bars' });
    for (const text of ['massive', '.x', 'x.']) expect(() => splitDataset(text)).toThrow(RangeError);
  });
});
