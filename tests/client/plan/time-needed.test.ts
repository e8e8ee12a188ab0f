import { describe, expect, it } from 'vitest';
import { defaultPace, paceOf, type Pace } from '../../../client/plan/pace.ts';
import { timeNeeded } from '../../../client/plan/time-needed.ts';
import { LakeIndex } from '../../../lake/lake-index.ts';
import { runRecordsFolder } from '../../../lake/layout.ts';
import type { LocalStore } from '../../../lake/local-store.ts';
import { appendCellRecord, appendRecord } from '../../../lake/records.ts';
import { loadSettings, type Settings } from '../../../settings.ts';
import { addDays } from '../../../workflows/pure/cell.ts';
import type { PlanSummary } from '../../../workflows/pure/run.ts';
import { openStore, stockCell, temporaryFolders } from '../../lake/support/lake.ts';

const live = loadSettings({ MARKETLAKE_MARKET: 'live' });
const pace: Pace = {
  cellsPerSecond: 10,
  cellsPerSecondByMonth: 120,
  headSeconds: 1,
  tailSeconds: 4,
  runs: 1,
};
const planOf = (todo: number, requests: PlanSummary['requests']): PlanSummary => ({
  due: todo,
  closed: 0,
  published: 0,
  skipped: 0,
  waiting: 0,
  todo,
  requests,
  from: '2026-01-01',
  to: '2026-11-19',
});
const secondsOf = (plan: PlanSummary, settings: Settings = live): number =>
  timeNeeded(plan, settings, pace).seconds;

describe('the time that a plan takes', () => {
  it('is that of its cells where no limit is slower', () => {
    expect(timeNeeded(planOf(600, { coingecko: 1 }), live, pace)).toMatchObject({
      seconds: 65,
      heldUpBy: null,
    });
  });

  it('is that of the slowest source, and of the cells that its last answer brings', () => {
    // Massive's free plan: five a minute. Six requests: the last one goes after a minute.
    const { seconds, heldUpBy, sources } = timeNeeded(planOf(60, { coingecko: 1, massive: 6 }), live, pace);
    expect(heldUpBy).toBe('massive');
    expect(seconds).toBeCloseTo(1 + 60 + 60 / 10 / 7 + 4);
    expect(sources.map(({ source, seconds: held }) => [source, held])).toEqual([
      ['coingecko', 0],
      ['massive', 60],
    ]);
  });

  it('is nothing where nothing is to do, and knows no limit of the sample market', () => {
    expect(secondsOf(planOf(0, {}))).toBe(0);
    const sample = loadSettings({ MARKETLAKE_MARKET: 'sample' });
    expect(secondsOf(planOf(60, { massive: 600 }), sample)).toBe(1 + 6 + 4);
  });
});

describe('the pace of a lake', () => {
  const folder = temporaryFolders();
  const second = (after: number): string =>
    new Date(Date.parse('2026-11-20T06:00:00Z') + after * 1000).toISOString();

  /** A run of some cells, four a second, with a wait of a minute for a source in the middle. */
  async function runOf(store: LocalStore, run: string, cells: number): Promise<void> {
    await appendRecord(store, runRecordsFolder(run), { event: 'planned', recordedAt: second(0), run });
    for (let place = 0; place < cells; place += 1) {
      const cell = { ...stockCell('AAPL'), date: addDays('2026-01-01', place) };
      const at = 2 + place / 4 + (place >= cells / 2 ? 60 : 0);
      await appendCellRecord(store, cell, { event: 'published', recordedAt: second(at), run });
    }
    const ended = { event: 'ended', outcome: 'completed', recordedAt: second(70 + cells / 4), run };
    await appendRecord(store, runRecordsFolder(run), ended);
  }

  it('is measured in its own runs, without the waits for a source', async () => {
    const store = openStore(folder());
    await runOf(store, 'backfill/a', 80);
    const measured = await paceOf(new LakeIndex(store));
    expect(measured.runs).toBe(1);
    expect(measured.cellsPerSecond).toBeCloseTo(4);
    expect([measured.headSeconds, measured.tailSeconds]).toEqual([2, 8.25]);
  });

  it('is a default in a lake whose runs are too small to tell, or that has none', async () => {
    const store = openStore(folder());
    expect(await paceOf(new LakeIndex(store))).toEqual(defaultPace);
    await runOf(store, 'daily/a', 7);
    expect(await paceOf(new LakeIndex(store))).toEqual(defaultPace);
  });
});
