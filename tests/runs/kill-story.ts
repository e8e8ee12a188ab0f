import { expect } from 'vitest';
import { repeatedRequests } from '../../chaos/repeated-requests.ts';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import { watchBronze } from '../support/bronze-reader.ts';
import { askWarehouse, countStates } from '../support/lake-view.ts';
import { backfillOf, endOfRun, startRequest } from '../support/run-a-request.ts';
import { connectClient, openTestLake, type TestLake } from '../support/test-lake.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { until } from '../support/until.ts';
import { startWorkerChild, type WorkerChild } from '../support/worker-child.ts';

/** Few windows at once, so that a kill finds some staged, some under way and some not begun. */
const threeWindows = { run: { cellsAtOnce: 40, windowsAtOnce: 3, patienceMinutes: 2 } };

/** A lake with a market, and a server and a worker that a test may kill. */
export interface KillStory {
  readonly server: TestServer;
  readonly market: SampleMarket;
  readonly opened: TestLake;
  worker: WorkerChild;
  close(): Promise<void>;
}

/** Starts all that a story of a kill needs. */
export async function openKillStory(): Promise<KillStory> {
  const server = await startTestServer();
  const market = await startSampleMarket();
  const opened = await openTestLake({ address: server.address, market, overlay: threeWindows });
  const story: KillStory = {
    server,
    market,
    opened,
    worker: await startWorkerChild(opened.environment),
    close: async () => {
      await story.worker.stop();
      await opened.close();
      await market.close();
      await server.close();
    },
  };
  return story;
}

/**
 * Backfills days of seven assets, has something killed half-way, and expects that nothing is lost, nothing that
 * was staged is asked for again, and a reader over bronze saw only complete, audited files all the while.
 */
export async function expectNothingLost(
  story: KillStory,
  kill: () => Promise<void>,
  days = 30,
  grain: 'cell' | 'month' = 'cell',
): Promise<void> {
  const { market, server } = story;
  const { lake } = story.opened;
  const reader = watchBronze(lake.store);
  const { workflowId } = await startRequest(lake, backfillOf({ days }, { grain }));
  // So many that all three windows are at it, so few that none of them has ended and let a fourth begin.
  await until(async () => market.requests.length > 2 && (await lake.store.list('bronze')).length >= days);
  const requestsBefore = market.requests.length;
  await kill();
  const publishedThen = (await lake.store.list('bronze')).length;
  const client = await connectClient(server.address);
  const end = await endOfRun(client.workflow.getHandle(workflowId));
  await client.connection.close();
  const sight = await reader.stop();

  expect(publishedThen, 'it was killed half-way').toBeLessThan(4.5 * days);
  expect(requestsBefore, 'four windows were not begun').toBe(3);
  expect(end).toMatchObject({ outcome: 'completed' });
  const states = await countStates(lake);
  expect(Object.keys(states).sort()).toEqual(['closed', 'published']);
  expect((states['published'] ?? 0) + (states['closed'] ?? 0)).toBe(7 * days);
  expect(await repeatedRequests(lake.store, market.requests)).toEqual([]);
  expect(market.requests.length).toBe(7);
  expect(sight.complaints).toEqual([]);
  expect(sight).toMatchObject({ filesSeen: states['published'], mostRows: states['published'] });
  expect(await lake.store.list('candidates')).toEqual([]);
  expect(await lake.store.list('incoming')).toEqual([]);
  const facts = await askWarehouse(
    lake,
    `select count(*)::integer as shown from marts.fct_daily_prices where price_status = 'OBSERVED'`,
  );
  expect(facts).toEqual([{ shown: states['published'] }]);
}
