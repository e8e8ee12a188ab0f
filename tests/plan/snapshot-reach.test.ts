import { describe, expect, it } from 'vitest';
import { dueSnapshots } from '../../plan/due-snapshots.ts';
import { makePlan } from '../../plan/plan.ts';
import { plannedSnapshots } from '../../plan/planned-snapshots.ts';
import { sinceOf } from '../../plan/snapshot-reach.ts';
import { knownSources } from '../../sources/index.ts';
import { loadSettings } from '../../settings.ts';

const dataset = 'massive.splits';
const settings = loadSettings({}).sources;
const [splits] = plannedSnapshots([{ dataset, top: 100 }], knownSources, settings);
if (!splits) throw new Error('massive.splits is no snapshot');
const today = '2026-11-21';
const since = (
  taken: readonly { readonly date: string; readonly since: string }[],
  historyDays: number | null = 730,
): string | undefined => sinceOf({ ...splits, historyDays }, taken, today);
const whole = { date: '2026-11-10', since: '2024-11-10' };

describe('splits are asked for', () => {
  it('from the beginning of the plan on where they never were, or not by a cell that was published', () => {
    expect(since([])).toBe('2024-11-21');
    expect(since([], null)).toBe('1970-01-01');
    expect(since([{ date: '2026-11-20', since: '2026-10-16' }])).toBe('2024-11-21');
  });

  it('from 35 days before the last time on, so that missed days leave no gap', () => {
    expect(since([whole])).toBe('2026-10-06');
    expect(since([whole, { date: '2026-11-20', since: '2026-10-06' }])).toBe('2026-10-16');
  });

  it('from the beginning again after 30 days, and when the plan reaches further', () => {
    const later = { date: '2026-11-20', since: '2026-10-16' };
    expect(since([{ date: '2026-10-23', since: '2024-10-23' }, later])).toBe('2026-10-16');
    expect(since([{ date: '2026-10-23', since: '2024-11-22' }, later])).toBe('2024-11-21');
    expect(since([{ date: '2026-10-22', since: '2024-10-22' }, later])).toBe('2024-11-21');
    expect(since([whole], 1825)).toBe('2021-11-22');
    expect(since([whole], null)).toBe('1970-01-01');
  });

  it('never from before what the plan reaches', () => {
    expect(since([whole], 10)).toBe('2026-11-11');
  });
});

it('a ranking has no dates', () => {
  const { reach: _, ...coverage } = splits.coverage;
  expect(sinceOf({ coverage, historyDays: 730 }, [], today)).toBeUndefined();
});

it('a day of splits is one window of one request, whatever `top` says', () => {
  const cells = dueSnapshots(
    { snapshotDate: today, isDaily: true },
    [splits],
    { days: [], open: [], reaches: [{ dataset, ...whole }] },
    new Date(`${today}T12:00:00Z`),
  );
  const { windows, summary } = makePlan({ kind: 'daily', date: today, isExplicit: false }, cells, today);
  expect(windows).toMatchObject([
    {
      id: `window/${dataset}/all.since2026-10-06/${today}..${today}`,
      ask: { kind: 'snapshot', date: today, since: '2026-10-06' },
    },
  ]);
  expect(summary).toMatchObject({ todo: 1, requests: { massive: 1 } });
});
