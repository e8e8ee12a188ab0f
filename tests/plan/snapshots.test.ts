import { describe, expect, it } from 'vitest';
import { dueSnapshots, troubledSnapshots, type SnapshotMemory } from '../../plan/due-snapshots.ts';
import { makePlan } from '../../plan/plan.ts';
import { plannedSnapshots, withMembers, type PlannedSnapshot } from '../../plan/planned-snapshots.ts';
import type { DueCell, KnownCell } from '../../plan/due-cells.ts';
import { createSources } from '../../sources/index.ts';
import { emptyTally, expectedCells, withFound, type RunRequest } from '../../workflows/pure/run.ts';
import { lotsOf } from '../../workflows/pure/lot.ts';
import { lotId, togetherId } from '../../workflows/pure/ids.ts';
import { coin } from './support.ts';

const dataset = 'coingecko.markets';
const snapshot: PlannedSnapshot = {
  dataset,
  top: 1_000,
  coverage: {
    maxRangeDays: null,
    rangeEndsToday: true,
    groupOf: () => null,
    isSnapshot: true,
    rowsOnPage: 250,
  },
  historyDays: 365,
  final: { time: '00:45', timeZone: 'UTC' },
};
const now = new Date('2026-11-21T12:00:00Z');
const batch = (date: string): { id: string; ingestionDate: string } => ({
  id: `batch-${date}`,
  ingestionDate: date,
});
const taken = (date: string): SnapshotMemory['days'][number] => ({ dataset, date, batch: batch(date) });
const whole = (date: string, known: KnownCell): SnapshotMemory['days'][number] => ({ dataset, date, known });
const failed: KnownCell = { state: 'failed', code: 'SourceUnavailable', reason: 'nobody answered' };

const fates = (cells: readonly DueCell[]): string[] =>
  cells.map(({ asset, date, fate }) => `${asset.ticker} ${date} ${fate.kind}`);
const dailyOf = (
  days: SnapshotMemory['days'],
  open: SnapshotMemory['open'] = [],
  snapshotDate = '2026-11-21',
) => dueSnapshots({ snapshotDate, isDaily: true }, [snapshot], { days, open, reaches: [] }, now);
const request: RunRequest = { kind: 'daily', date: '2026-11-20', isExplicit: false };

describe('a daily run', () => {
  it("takes today's once, and no other day's", () => {
    expect(fates(dailyOf([]))).toEqual(['all 2026-11-21 todo']);
    expect(fates(dailyOf([taken('2026-11-21')]))).toEqual([]);
    expect(fates(dailyOf([], [], '2026-11-20'))).toEqual([]);
    expect(fates(dailyOf([whole('2026-11-21', failed)]))).toEqual(['all 2026-11-21 todo']);
    expect(fates(dailyOf([whole('2026-11-21', { state: 'skipped' })]))).toEqual([]);
  });

  it('gives up each day since the first one that was not taken, once, and says what became of it', () => {
    const days = [
      taken('2026-11-17'),
      whole('2026-11-18', { state: 'skipped' }),
      whole('2026-11-19', failed),
    ];
    const cells = dailyOf([...days, taken('2026-11-21')]);
    expect(fates(cells)).toEqual(['all 2026-11-19 skipped', 'all 2026-11-20 skipped']);
    expect(cells[0]?.fate).toMatchObject({
      reason:
        'it was not taken on its day (SourceUnavailable: nobody answered), and how a past day stood cannot be asked for afterwards',
    });
  });

  it('takes up the members of the last week that did not get there, from their own batches', () => {
    const member = (ticker: string, date: string, known?: KnownCell): SnapshotMemory['open'][number] => ({
      ...{ dataset, ticker, date, batch: batch(date), known },
    });
    const open = [
      member('old', '2026-11-14'),
      member('killed', '2026-11-20'),
      member('bad', '2026-11-20', failed),
      member('late', '2026-11-21'),
    ];
    const cells = dailyOf([taken('2026-11-20'), taken('2026-11-21')], open);
    const { windows, summary } = makePlan(request, cells, '2026-11-21');
    expect(windows.map(({ id, assets }) => [id, assets.map(({ ticker }) => ticker)])).toEqual([
      [`window/${dataset}/all/batch-batch-2026-11-20`, ['killed', 'bad']],
      [`window/${dataset}/all/batch-batch-2026-11-21`, ['late']],
    ]);
    expect(summary).toMatchObject({ todo: 3, requests: {} });
  });
});

describe('other runs', () => {
  it('take one only where they are told to, and give nothing up', () => {
    const memory = { days: [taken('2026-11-17')], open: [], reaches: [] };
    const backfill = (snapshotDate: string | undefined): string[] =>
      fates(dueSnapshots({ snapshotDate, isDaily: false }, [snapshot], memory, now));
    expect(backfill(undefined)).toEqual([]);
    expect(backfill('2026-11-21')).toEqual(['all 2026-11-21 todo']);
  });

  it('retry a member from its batch, and a whole day only on the day itself', () => {
    const troubled = [
      { dataset, ticker: 'tether', date: '2026-11-19', known: { state: 'refused' as const } },
      { dataset, ticker: 'all', date: '2026-11-20', known: failed },
      { dataset, ticker: 'all', date: '2026-11-21', known: failed },
    ];
    const cells = troubledSnapshots(
      [snapshot],
      troubled,
      { days: [taken('2026-11-19')], open: [], reaches: [] },
      now,
    );
    expect(fates(cells)).toEqual(['tether 2026-11-19 todo', 'all 2026-11-20 skipped', 'all 2026-11-21 todo']);
    const plan = makePlan({ kind: 'retry', of: 'all' }, cells, '2026-11-21');
    expect(plan.windows.map(({ batch: staged }) => staged?.id)).toEqual(['batch-2026-11-19', undefined]);
    expect(plan.newlySkipped).toHaveLength(1);
  });
});

describe('a plan', () => {
  const plan = makePlan(request, dailyOf([]), '2026-11-21');
  const [window] = plan.windows;

  it('has one window for all members, and says how many cells and requests it may be', () => {
    expect(plan.windows).toHaveLength(1);
    expect(window).toMatchObject({
      ...{ id: `window/${dataset}/all.top1000/2026-11-21..2026-11-21`, grain: 'lot', pages: 4 },
      ask: { kind: 'snapshot', top: 1_000, date: '2026-11-21' },
    });
    expect(plan.summary).toMatchObject({
      due: 1_000,
      todo: 1_000,
      ofSnapshots: 1_000,
      requests: { coingecko: 4 },
    });
  });

  it('is corrected by what was found', () => {
    if (!window) throw new Error('no window');
    expect(expectedCells(window)).toBe(1_000);
    const found = withFound(plan.summary, window, { ...emptyTally, published: 250, refused: 2 });
    expect(found).toMatchObject({ due: 252, todo: 252 });
    expect(found.ofSnapshots).toBeUndefined();
    const other = { ...window, ask: { kind: 'grouped', group: 'stocks', date: '2026-11-20' } } as const;
    expect(withFound(plan.summary, other, emptyTally)).toBe(plan.summary);
  });

  it('does other assets as ever', () => {
    const cell: DueCell = {
      asset: coin('BTC'),
      date: '2026-11-20',
      known: undefined,
      fate: { kind: 'todo' },
    };
    const both = makePlan(request, [cell, ...dailyOf([])], '2026-11-21');
    expect(both.windows.map(({ grain }) => grain)).toEqual([undefined, 'lot']);
    expect(both.summary).toMatchObject({ due: 1_001, requests: { coingecko: 5 } });
  });
});

it('members are cut into lots of fifty, each found again by the mark in its candidates’ names', () => {
  const members = Array.from({ length: 120 }, (_, index) => ({ ticker: `c${index}`, symbol: `c${index}` }));
  const lots = lotsOf({ dataset, date: '2026-11-21' }, batch('2026-11-21'), members);
  expect(lots.map((lot) => [lot.number, lot.members.length])).toEqual([
    [1, 50],
    [2, 50],
    [3, 20],
  ]);
  const id = lotId({ dataset, date: '2026-11-21' }, 3, 'B-1');
  expect(id).toBe(`lot/${dataset}/2026-11-21/3/B-1`);
  expect(togetherId({ dataset, ticker: 'c119', date: '2026-11-21' }, 'B-1+3')).toBe(id);
});

it('a dataset that is no snapshot is refused under "snapshots", and members are assets only of their own', () => {
  const settings = { coingecko: { name: 'coingecko' }, csv: { name: 'csv' } } as never;
  const sources = createSources({ csvFiles: {} });
  expect(() => plannedSnapshots([{ dataset: 'csv.daily_closes', top: 1 }], sources, settings)).toThrow(
    /no snapshot. Write one of: coingecko.markets/,
  );
  const assets = [coin('BTC')];
  expect(withMembers(assets, [snapshot], [{ dataset: 'massive.daily_bars', ticker: 'AAPL' }])).toBe(assets);
  const twice = [
    { dataset, ticker: 'tether' },
    { dataset, ticker: 'tether' },
  ];
  expect(withMembers(assets, [snapshot], twice)).toHaveLength(2);
});
