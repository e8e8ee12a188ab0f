import { describe, expect, it } from 'vitest';
import { planDay } from '../../activities/plan-cell.ts';
import type { ActivityDeps } from '../../activities/deps.ts';
import { backfillOf } from '../support/run-a-request.ts';
import { withTodaysSnapshots } from '../../client/run/run-request.ts';
import { isSnapshotSettled, snapshotLines, type SnapshotStanding } from '../../client/status/snapshots.ts';
import { loadSettings } from '../../settings.ts';
import { coin, stock } from '../plan/support.ts';

const now = new Date('2026-11-21T12:00:00Z');

describe('today’s snapshots', () => {
  const named = { run: 'backfill/x', request: backfillOf({ days: 90 }) };
  const started = (market: 'sample' | 'live', snapshots = loadSettings({}).snapshots): unknown =>
    withTodaysSnapshots(named, { settings: { ...loadSettings({}), market, snapshots } }, now).request;

  it('are taken by a first start in the live market, and left out in the sample market', () => {
    expect(started('live')).toEqual({ ...named.request, snapshotDate: '2026-11-21' });
    expect(started('sample')).toEqual(named.request);
    expect(started('live', [])).toEqual(named.request);
  });
});

describe('a tick', () => {
  const planned = async (dueAt: string, at: string): Promise<unknown> => {
    // All that is asked of the worker here are its assets and its clock.
    const deps = { plannedAssets: async () => [coin('BTC'), stock('AAPL')], now: () => new Date(at) };
    return planDay(deps as unknown as ActivityDeps, dueAt);
  };

  it('takes the snapshot of the UTC day on which it was due', async () => {
    expect(await planned('2026-11-21T08:30:00Z', '2026-11-21T08:30:02Z')).toEqual({
      ...{ date: '2026-11-20', snapshotDate: '2026-11-21' },
    });
    expect(await planned('2026-11-21T23:59:59Z', '2026-11-22T00:00:05Z')).toEqual({
      ...{ date: '2026-11-20', snapshotDate: '2026-11-21' },
    });
  });

  it('that is late and shares the run of the newest day takes today’s, and any other late one none', async () => {
    const at = '2026-11-21T09:00:00Z';
    expect(await planned('2026-11-19T08:30:00Z', at)).toEqual({
      date: '2026-11-20',
      snapshotDate: '2026-11-21',
    });
    expect(await planned('2026-11-10T08:30:00Z', at)).toEqual({
      date: '2026-11-13',
      snapshotDate: '2026-11-10',
    });
  });
});

describe('the words on snapshots', () => {
  const taken = (date: string, members: SnapshotStanding['members'], repeated = 0): SnapshotStanding => ({
    ...{ dataset: 'coingecko.markets', date, top: 100, repeated, state: null, reason: null, members },
  });
  const missed = (date: string): SnapshotStanding => ({
    ...{
      dataset: 'coingecko.markets',
      date,
      top: null,
      repeated: 0,
      state: 'skipped',
      reason: 'nobody took it',
      members: {},
    },
  });

  it('name the newest day, and those that are not as they should be', () => {
    const days = [
      taken('2026-11-17', { published: 100 }),
      missed('2026-11-18'),
      taken('2026-11-19', { published: 98, refused: 2 }),
      taken('2026-11-20', { published: 100 }, 1),
    ];
    expect(snapshotLines(days)).toEqual([
      'coingecko.markets 2026-11-20: 100 members of the first 100: 100 published; 1 member came twice, so that as many may be missing that moved up meanwhile; and 2 days before',
      '  2026-11-18 skipped: nobody took it',
      '  2026-11-19: 100 members of the first 100: 98 published, 2 refused',
      '  mend it with: npx tsx client/retry.ts --all',
    ]);
    expect(days.map(isSnapshotSettled)).toEqual([true, true, false, true]);
  });

  it('count what would be too long to name', () => {
    const lines = snapshotLines(Array.from({ length: 9 }, (_, index) => missed(`2026-11-0${index + 1}`)));
    expect(lines).toHaveLength(7);
    expect(lines[0]).toBe('coingecko.markets: not taken yet');
    expect(lines.at(-1)).toBe('  and 4 earlier days');
  });
});
