import { describe, expect, it } from 'vitest';
import {
  dueCells,
  troubledCells,
  type KnownCell,
  type Memory,
  type PlannedAsset,
} from '../../plan/due-cells.ts';
import { PlanError } from '../../plan/plan-error.ts';
import type { RunRequest } from '../../workflows/pure/run.ts';
import { coin, noMemory, remembering, stock } from './support.ts';

/** A Tuesday, when Monday 2026-01-05 is final everywhere. */
const now = new Date('2026-01-06T12:00:00Z');
const aapl = stock('AAPL');
const btc = coin('BTC');

const backfill = (more: Partial<Extract<RunRequest, { kind: 'backfill' }>> = {}): RunRequest => ({
  kind: 'backfill',
  range: { from: '2026-01-01', to: '2026-01-05' },
  tickers: null,
  force: false,
  clip: false,
  ...more,
});
const daily = (date: string, isExplicit: boolean): RunRequest => ({ kind: 'daily', date, isExplicit });
const known = (state: KnownCell['state']): KnownCell => ({ state });

/** What becomes of every cell, as `DATE fate`. */
function fates(
  request: RunRequest,
  asset: PlannedAsset = aapl,
  memory: Memory = noMemory,
  at = now,
): string[] {
  return dueCells(request, [asset], memory, at).map(({ date, fate }) => `${date} ${fate.kind}`);
}

describe('a backfill', () => {
  it('finds closed days closed, with the reason, and the others to do', () => {
    const cells = dueCells(backfill(), [aapl], noMemory, now);
    expect(cells.map(({ date, fate }) => [date, fate])).toEqual([
      ['2026-01-01', { kind: 'closed', reason: "New Year's Day" }],
      ['2026-01-02', { kind: 'todo' }],
      ['2026-01-03', { kind: 'closed', reason: 'weekend' }],
      ['2026-01-04', { kind: 'closed', reason: 'weekend' }],
      ['2026-01-05', { kind: 'todo' }],
    ]);
  });

  it('passes over what is published or given up; force does what is published again and leaves what was given up', () => {
    const memory = remembering({
      'BTC 2026-01-01': known('published'),
      'BTC 2026-01-02': known('skipped'),
      'BTC 2026-01-03': known('failed'),
    });
    const range = { from: '2026-01-01', to: '2026-01-04' };
    expect(fates(backfill({ range }), btc, memory)).toEqual([
      '2026-01-01 published',
      '2026-01-02 skipped',
      '2026-01-03 todo',
      '2026-01-04 todo',
    ]);
    expect(fates(backfill({ range, force: true }), btc, memory).slice(0, 2)).toEqual([
      '2026-01-01 todo',
      '2026-01-02 skipped',
    ]);
  });

  it('believes a source that had no session on an open day, but not a calendar that has been mended since', () => {
    const bySource: KnownCell = { ...known('closed'), batch: { id: 'b', ingestionDate: '2026-01-06' } };
    const range = { days: 1 };
    expect(fates(backfill({ range }), aapl, () => bySource)).toEqual(['2026-01-05 closed']);
    expect(fates(backfill({ range, force: true }), aapl, () => bySource)).toEqual(['2026-01-05 todo']);
    expect(fates(backfill({ range }), aapl, () => known('closed'))).toEqual(['2026-01-05 todo']);
  });

  it('takes up what was refused, failed or waited', () => {
    for (const state of ['refused', 'failed', 'waiting', 'missing'] as const) {
      expect(fates(backfill({ range: { days: 1 } }), aapl, () => known(state))).toEqual(['2026-01-05 todo']);
    }
  });

  it('of days ends, for each asset, on the last day that is final for it', () => {
    const early = new Date('2026-01-06T03:00:00Z');
    const cells = dueCells(backfill({ range: { days: 2 } }), [aapl, btc], noMemory, early);
    expect(cells.map(({ asset, date }) => `${asset.ticker} ${date}`)).toEqual([
      'AAPL 2026-01-03',
      'AAPL 2026-01-04',
      'BTC 2026-01-04',
      'BTC 2026-01-05',
    ]);
  });

  it('of dates that are not final yet waits for each until it is', () => {
    const cells = dueCells(
      backfill({ range: { from: '2026-01-06', to: '2026-01-07' } }),
      [aapl],
      noMemory,
      now,
    );
    expect(cells.map(({ fate }) => fate)).toEqual([
      { kind: 'waiting', until: '2026-01-07T06:00:00.000Z' },
      { kind: 'waiting', until: '2026-01-08T06:00:00.000Z' },
    ]);
  });

  it('of some tickers leaves the others alone', () => {
    const cells = dueCells(backfill({ tickers: ['BTC'], range: { days: 1 } }), [aapl, btc], noMemory, now);
    expect(cells.map(({ asset }) => asset.ticker)).toEqual(['BTC']);
  });

  it('that ends before it begins asks for nothing', () => {
    expect(fates(backfill({ range: { from: '2026-01-05', to: '2026-01-01' } }))).toEqual([]);
  });
});

describe('what lies beyond the history of a source', () => {
  const asset = coin('BTC', { historyDays: 3 });
  const range = { from: '2026-01-01', to: '2026-01-05' };

  it('is refused before anything is done, with the ticker, the date and what to do', () => {
    expect(() => fates(backfill({ range }), asset)).toThrow(PlanError);
    expect(() => fates(backfill({ range }), asset)).toThrow(
      /BTC 2026-01-01 .*3 days back, to 2026-01-03.*--clip/,
    );
  });

  it('is left out where that was asked for', () => {
    expect(fates(backfill({ range, clip: true }), asset)).toEqual([
      '2026-01-03 todo',
      '2026-01-04 todo',
      '2026-01-05 todo',
    ]);
  });

  it('is left out of a daily run, which nobody watches', () => {
    expect(fates(daily('2026-01-05', false), asset)).toEqual([
      '2026-01-03 todo',
      '2026-01-04 todo',
      '2026-01-05 todo',
    ]);
  });

  it('begins just before the oldest day that it still gives', () => {
    expect(fates(backfill({ range: { from: '2026-01-03', to: '2026-01-03' } }), asset)).toEqual([
      '2026-01-03 todo',
    ]);
    expect(() => fates(backfill({ range: { from: '2026-01-02', to: '2026-01-02' } }), asset)).toThrow(
      PlanError,
    );
  });
});

describe('a daily run', () => {
  it('looks at its day and the six before it', () => {
    expect(fates(daily('2026-01-05', false), btc).map((fate) => fate.slice(0, 10))).toEqual([
      '2025-12-30',
      '2025-12-31',
      '2026-01-01',
      '2026-01-02',
      '2026-01-03',
      '2026-01-04',
      '2026-01-05',
    ]);
  });

  it('of the schedule leaves a day that is not final for an asset to a later run; one that a person named waits', () => {
    const early = new Date('2026-01-06T03:00:00Z');
    expect(fates(daily('2026-01-05', false), aapl, noMemory, early).at(-1)).toBe('2026-01-04 closed');
    expect(fates(daily('2026-01-05', true), aapl, noMemory, early).at(-1)).toBe('2026-01-05 waiting');
  });

  it('takes up again what failed in its week and nothing older', () => {
    const memory: Memory = (_dataset, _ticker, date) =>
      known(['2025-12-29', '2025-12-30', '2026-01-02'].includes(date) ? 'failed' : 'published');
    const todo = fates(daily('2026-01-05', false), btc, memory).filter((fate) => fate.endsWith('todo'));
    expect(todo).toEqual(['2025-12-30 todo', '2026-01-02 todo']);
  });
});

describe('a retry', () => {
  const failedIn = (run: string, ticker = 'AAPL'): Parameters<typeof troubledCells>[1][number] => ({
    dataset: 'massive.daily_bars',
    ticker,
    date: '2026-01-05',
    known: { state: 'failed', run },
  });

  it('takes every troubled cell, or those of one run and of the retries of it', () => {
    const troubled = ['daily/a', 'daily/b', 'retry/daily/a', 'retry/retry/daily/a'].map((run) =>
      failedIn(run),
    );
    expect(troubledCells('all', troubled, [aapl])).toHaveLength(4);
    expect(troubledCells('daily/a', troubled, [aapl])).toHaveLength(3);
    expect(troubledCells('daily/b', troubled, [aapl]).map(({ fate }) => fate)).toEqual([{ kind: 'todo' }]);
  });

  it('leaves out assets that are configured no more', () => {
    expect(troubledCells('all', [failedIn('daily/a', 'GONE')], [aapl])).toEqual([]);
  });
});
