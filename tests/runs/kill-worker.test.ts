import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import { watchBronze } from '../support/bronze-reader.ts';
import { askWarehouse, countStates } from '../support/lake-view.ts';
import { backfillOf, endOfRun, startRequest } from '../support/run-a-request.ts';
import { openTestLake, type TestLake } from '../support/test-lake.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { cliTimeoutMs } from '../support/temporal-cli.ts';
import { startWorkerChild, type WorkerChild } from '../support/worker-child.ts';
import { repeatedRequests, threeWindows, untilPublished } from './kill-story.ts';

let server: TestServer;
let market: SampleMarket;
let opened: TestLake;
let worker: WorkerChild;

beforeAll(async () => {
  server = await startTestServer();
  market = await startSampleMarket();
  opened = await openTestLake({ address: server.address, market, overlay: threeWindows });
  worker = await startWorkerChild(opened.environment);
}, cliTimeoutMs);
afterAll(async () => {
  await worker.stop();
  await opened.close();
  await market.close();
  await server.close();
});

it('a worker killed half-way loses nothing, repeats no staged answer, and shows readers only audited files', async () => {
  const { lake } = opened;
  const reader = watchBronze(lake.store);
  const handle = await startRequest(lake, backfillOf({ days: 90 }));
  await untilPublished(lake, 120);
  const requestsBefore = market.requests.length;
  await worker.kill();
  const publishedThen = (await lake.store.list('bronze')).length;
  worker = await startWorkerChild(opened.environment);
  const end = await endOfRun(handle);
  const sight = await reader.stop();

  expect(publishedThen, 'it was killed half-way').toBeLessThan(400);
  expect(requestsBefore, 'four windows were not begun').toBe(3);
  expect(end).toMatchObject({ outcome: 'completed' });
  const states = await countStates(lake);
  expect(Object.keys(states).sort()).toEqual(['closed', 'published']);
  expect((states['published'] ?? 0) + (states['closed'] ?? 0)).toBe(630);
  expect(await repeatedRequests(lake, market)).toEqual([]);
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
}, 180_000);
