import { Client, Connection } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ActivityDeps } from '../../activities/deps.ts';
import { createActivities, type Activities } from '../../activities/index.ts';
import { seededRandom, type Random } from '../../chaos/random.ts';
import { claimBatch, keepArrived } from '../../lake/batches.ts';
import { recover } from '../../lake/recover.ts';
import { readCellRecords } from '../../lake/records.ts';
import { loadSettings } from '../../settings.ts';
import { openDeps } from '../../worker/open-deps.ts';
import { midnightUtcMs, type CellKey } from '../../workflows/pure/cell.ts';
import { troubleOf } from '../../workflows/pure/failure.ts';
import type { BatchRef, RunContext } from '../../workflows/pure/run.ts';
import { hashesBelow } from '../support/lake-view.ts';

const dataset = 'coingecko.market_chart';
const now = new Date('2026-11-20T12:00:00Z');
const dates = ['2026-11-02', '2026-11-03', '2026-11-04'];
const rewriteCodes = ['CandidateGone', 'LostRace', 'CandidateUnreadable'];

interface Lane {
  readonly deps: ActivityDeps;
  readonly steps: Activities;
  readonly context: RunContext;
}

let folder: string;

async function openLane(name: string): Promise<Lane> {
  const settings = loadSettings({ MARKETLAKE_DATA_DIR: join(folder, name), MARKETLAKE_MARKET: 'sample' });
  const deps = await openDeps(settings, new Client({ connection: Connection.lazy() }), () => now);
  await claimBatch(deps.store, 'batch-1', { workflowId: 'window/x', workflowRunId: 'r' });
  const points = dates.map((date, index) => [midnightUtcMs(date) + 86_400_000, 100 + index] as const);
  const body = Buffer.from(JSON.stringify({ prices: points, market_caps: points, total_volumes: points }));
  const page = { index: 0, request: { target: '/x' }, status: 200, contentType: null, rowCount: 3, body };
  await keepArrived(deps.store, 'batch-1', page, now);
  const options = {
    cellsAtOnce: 1,
    windowsAtOnce: 1,
    patienceSeconds: 60,
    isSearchable: false,
    meteredSources: [],
  };
  return {
    deps,
    steps: createActivities(deps),
    context: { lake: deps.lake.id, run: 'backfill/test', options },
  };
}

/** How a step is had done: once, or as a server does it that never heard of the first attempt's end. */
type DoStep = <T>(workflowId: string, step: () => Promise<T>) => Promise<T>;

/** What the workflows `window` and `partition` do, with steps done as drawn. */
async function bringIntoBronze({ steps, context }: Lane, doStep: DoStep): Promise<void> {
  const ask = { kind: 'range', symbol: 'bitcoin', from: dates[0] ?? '', to: dates.at(-1) ?? '' } as const;
  const task = { dataset, ask, batchId: 'batch-1', pageCount: 1 } as const;
  const batch = await doStep('window/x', () => steps.stage(context, task));
  await Promise.all(dates.map((date) => bringCell({ dataset, ticker: 'BTC', date }, batch)));

  async function bringCell(cell: CellKey, batch: BatchRef): Promise<void> {
    for (let writes = 1; ; writes += 1) {
      try {
        await writeAuditPublish(cell, batch);
        return;
      } catch (error) {
        if (!rewriteCodes.includes(troubleOf(error).code) || writes === 5) throw error;
      }
    }
  }

  async function writeAuditPublish(cell: CellKey, batch: BatchRef): Promise<void> {
    const id = `partition/${cell.date}`;
    const symbol = 'bitcoin';
    const written = await doStep(id, () => steps.writeTmp({ ...cell, symbol, batch, run: context.run }));
    if (written.outcome !== 'written') throw new Error(`${cell.date} was not written`);
    const { candidate } = written;
    const { contractVersion, file } = await doStep(id, () =>
      steps.audit(context, { ...cell, batch, candidate }),
    );
    const published = { ...cell, symbol, batch, candidate, contractVersion, audit: file };
    await doStep(id, () => steps.publish(context, published));
  }
}

/** Runs a step as one attempt of an activity. */
async function attempt<T>(
  lane: Lane,
  workflowId: string,
  activityId: string,
  number: number,
  step: () => Promise<T>,
): Promise<T> {
  const workflowExecution = {
    workflowId: `${lane.deps.lake.id}/${workflowId}`,
    runId: `run-of-${workflowId}`,
  };
  const environment = new MockActivityEnvironment(
    { workflowExecution, activityId, attempt: number },
    // That attempts fail here is the point.
    { logger: new DefaultLogger('ERROR', () => undefined) },
  );
  // The environment answers what its function does.
  return await environment.run(step);
}

/**
 * Has every step done twice: the first attempt's answer is lost, or it is overtaken and goes on, or only begins, while
 * later steps are done: a zombie. Some come last of all.
 */
function twice(lane: Lane, random: Random): { doStep: DoStep; buried: () => Promise<void> } {
  const zombies: (() => Promise<unknown>)[] = [];
  let counted = 0;
  const doStep: DoStep = async (workflowId, step) => {
    const activityId = String((counted += 1));
    const first = (): Promise<unknown> =>
      attempt(lane, workflowId, activityId, 1, step).catch(() => undefined);
    const second = (): ReturnType<typeof step> => attempt(lane, workflowId, activityId, 2, step);
    const waiting = random.next() < 0.5 ? zombies.splice(0) : [];
    switch (random.oneOf(['lost', 'beside', 'late'])) {
      case 'lost':
        await first();
        break;
      case 'beside':
        void waiting.push(first);
        break;
      default:
        zombies.push(first);
    }
    const [answer] = await Promise.all([second(), ...waiting.map((zombie) => zombie())]);
    return answer;
  };
  return { doStep, buried: async () => void (await Promise.all(zombies.map((zombie) => zombie()))) };
}

let once: Map<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twice-'));
  const lane = await openLane('once');
  let counted = 0;
  await bringIntoBronze(lane, (id, step) => attempt(lane, id, String((counted += 1)), 1, step));
  once = await hashesBelow(lane.deps.store, 'bronze');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const seeds = [1, 2, 3, 4];

it.each(seeds)(
  'every step done twice, late or beside others (seed %i), leaves what each done once leaves',
  async (seed) => {
    const lane = await openLane(`seed-${seed}`);
    const { store, index } = lane.deps;
    const { doStep, buried } = twice(lane, seededRandom(seed, 0));
    await bringIntoBronze(lane, doStep);
    expect(await hashesBelow(store, 'bronze')).toEqual(once);
    await buried();
    const help = { isOpen: async () => false, restore: async () => false, now: () => now };
    const { quarantined, restored, lost } = await recover(store, index, help);
    expect({ quarantined, restored, lost }).toEqual({ quarantined: [], restored: [], lost: [] });
    expect(await hashesBelow(store, 'bronze')).toEqual(once);
    for (const date of dates) {
      const events = (await readCellRecords(store, { dataset, ticker: 'BTC', date })).map(
        ({ record }) => record.event,
      );
      expect(events).toEqual(['published']);
    }
    expect((await store.list('staging')).length).toBe(2);
    const left = await Promise.all(
      ['pending', 'candidates', 'incoming', 'superseded', 'refused'].map((each) => store.list(each)),
    );
    expect(left.flat()).toEqual([]);
  },
);

it('a candidate that is deleted or cut short between two steps, wherever, is written again, and nothing else is published', async () => {
  const lane = await openLane('damaged');
  const { store } = lane.deps;
  const random = seededRandom(seeds[0] ?? 0, 1);
  let counted = 0;
  const damaged: string[] = [];
  // So that no cell is damaged more often than it is tried.
  const mostDamages = 4;
  const doStep: DoStep = async (id, step) => {
    const answer = await attempt(lane, id, String((counted += 1)), 1, step);
    for (const key of await store.list('candidates')) {
      if (!key.includes(id.slice(-10)) || random.next() < 0.4 || damaged.length >= mostDamages) continue;
      damaged.push(random.oneOf(['deleted', 'cut']));
      if (damaged.at(-1) === 'deleted') await store.remove(key);
      else await truncate(store.pathOf(key), 100);
    }
    return answer;
  };
  await bringIntoBronze(lane, doStep);
  expect(damaged).toHaveLength(mostDamages);
  expect(await hashesBelow(store, 'bronze')).toEqual(once);
});
