import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectedLake } from '../../client/command/lake-client.ts';
import {
  createSchedule,
  describeSchedule,
  isInLine,
  scheduleOf,
} from '../../client/schedule/daily-schedule.ts';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import { addDays, datesBetween } from '../../workflows/pure/cell.ts';
import { dailyId, inLake } from '../../workflows/pure/ids.ts';
import { bitcoinCell, eventsOf, massiveCell } from '../support/lake-view.ts';
import { endOfRun, type TestRunEnd } from '../support/run-a-request.ts';
import { workTestLake, type WorkedLake } from '../support/test-lake.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { cliTimeoutMs } from '../support/temporal-cli.ts';
import { until } from '../support/until.ts';

const assets = [
  {
    ...{ ticker: 'BTC', class: 'crypto', calendar: 'every-day', currency: 'USD' },
    sources: [{ dataset: 'coingecko.market_chart', symbol: 'bitcoin' }],
  },
  {
    ...{ ticker: 'AAPL', class: 'stock', calendar: 'nyse', currency: 'USD' },
    sources: [{ dataset: 'massive.daily_bars', symbol: 'AAPL' }],
  },
];
/** Five days on which nobody worked; the newest of them is final. */
const missed = datesBetween('2025-11-15', '2025-11-19');
const noonAfter = (date: string): Date => new Date(`${addDays(date, 1)}T12:00:00Z`);
/** Half past three in New York on the day after, in winter. */
const dueAt = (date: string): string => `${addDays(date, 1)}T08:30:00Z`;

let server: TestServer;
let market: SampleMarket;
let worked: WorkedLake;

beforeAll(async () => {
  server = await startTestServer();
  market = await startSampleMarket();
  worked = await workTestLake({
    ...{ address: server.address, market, now: noonAfter('2025-11-19') },
    // A tick that comes late finds the run ended, starts it again, and waits for the warehouse that is built.
    overlay: { assets, relook: { afterDays: [] }, run: { patienceMinutes: 1 } },
    beforeWorker: async (lake) => {
      expect(await createSchedule(lake)).toBe('created');
      await letBeDue(lake, missed[0] ?? '', missed.at(-1) ?? '');
      await until(async () => (await ticksOf(lake)) === missed.length);
      await server.kill();
      await server.restart();
    },
  });
}, cliTimeoutMs);
afterAll(async () => {
  await worked.close();
  await market.close();
  await server.close();
});

/** Has the schedule make up for the ticks that bring in some days, all at once, as after an outage. */
async function letBeDue(lake: ConnectedLake, from: string, to: string): Promise<void> {
  const [start, end] = [new Date(dueAt(from)), new Date(dueAt(to))];
  await scheduleOf(lake).backfill({ start, end, overlap: 'ALLOW_ALL' });
}

async function ticksOf(lake: ConnectedLake): Promise<number> {
  return (await describeSchedule(lake))?.info.numActionsTaken ?? 0;
}

/** Waits for what a tick answers: the run that it started or joined. */
async function runOfTick(date: string): Promise<string> {
  const { lake } = worked;
  const id = `${inLake(lake.lake.id, 'tick')}-${dueAt(date)}`;
  const result: unknown = await lake.client.workflow.getHandle(id).result();
  return (result as { readonly run: string }).run;
}

async function endOf(run: string): Promise<TestRunEnd> {
  const { lake } = worked;
  return endOfRun(lake.client.workflow.getHandle(inLake(lake.lake.id, run)));
}

/** Lets one tick be due and follows it to the end of its run. */
async function tick(date: string): Promise<TestRunEnd> {
  const { lake } = worked;
  worked.setNow(noonAfter(date));
  const before = await ticksOf(lake);
  await letBeDue(lake, date, date);
  await until(async () => (await ticksOf(lake)) > before);
  expect(await runOfTick(date)).toBe(dailyId(date));
  return endOf(dailyId(date));
}

describe('after five days without worker, and a server that was killed meanwhile', () => {
  it('every missed tick starts or joins the one run of their week, which ends well', async () => {
    const runs = await Promise.all(missed.map((date) => runOfTick(date)));
    expect(new Set(runs)).toEqual(new Set([dailyId('2025-11-19')]));
    expect(await endOf(dailyId('2025-11-19'))).toMatchObject({ outcome: 'completed', message: '' });
  });

  it('every missed day is there exactly once, by one request an asset', async () => {
    for (const date of missed) {
      expect([date, await eventsOf(worked.lake, bitcoinCell(date))]).toEqual([date, ['published']]);
      const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
      const events = weekday === 0 || weekday === 6 ? [] : ['published'];
      expect([date, await eventsOf(worked.lake, massiveCell('AAPL', date))]).toEqual([date, events]);
    }
    expect(market.requests).toHaveLength(2);
  });
});

describe('one bad cell', () => {
  const bad = massiveCell('AAPL', '2025-11-20');

  it('makes its run incomplete and leaves the schedule as it is', async () => {
    const change = { op: 'set', value: 0 } as const;
    market.order({ kind: 'patch-bar', symbol: 'AAPL', date: bad.date, times: null, change });
    expect(await tick('2025-11-20')).toMatchObject({
      type: 'RunIncomplete',
      tally: { refused: 1, published: 1 },
    });
    const found = await describeSchedule(worked.lake);
    expect(found?.state.paused).toBe(false);
    expect(found && (await isInLine(worked.lake, found))).toBe(true);
  });

  it('is taken up again by the next tick, with the next day', async () => {
    market.clearFaults();
    expect(await tick('2025-11-21')).toMatchObject({ outcome: 'completed', tally: { published: 3 } });
    expect(await eventsOf(worked.lake, bad)).toEqual(['refused', 'published']);
  });
});

describe('a schedule of stocks alone', () => {
  it('ticks on the five days after a session, and is found to be in line', async () => {
    const { lake } = worked;
    const { schedule } = lake.settings;
    const [, stock] = lake.settings.assets;
    const stocks = {
      ...lake,
      settings: {
        ...lake.settings,
        assets: stock ? [stock] : [],
        schedule: { ...schedule, days: 'trading-days' as const },
      },
      planned: async (now: Date) => (await lake.planned(now)).filter(({ ticker }) => ticker === 'AAPL'),
    };
    expect(await createSchedule(stocks)).toBe('updated');
    expect(await createSchedule(stocks)).toBe('unchanged');
    const found = await describeSchedule(stocks);
    const next = found?.info.nextActionTimes.map((at) => at.getUTCDay()) ?? [];
    expect(next.length).toBeGreaterThan(5);
    expect(next.filter((day) => day === 0 || day === 1)).toEqual([]);
  });
});
