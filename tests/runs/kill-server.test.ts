import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import { watchBronze } from '../support/bronze-reader.ts';
import { countStates } from '../support/lake-view.ts';
import { backfillOf, endOfRun, startRequest } from '../support/run-a-request.ts';
import { connectClient, openTestLake, type TestLake } from '../support/test-lake.ts';
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

it('a server killed half-way and started on its own database goes on, and the worker stays', async () => {
  const { lake } = opened;
  const reader = watchBronze(lake.store);
  const { workflowId } = await startRequest(lake, backfillOf({ days: 90 }));
  await untilPublished(lake, 120);
  const requestsBefore = market.requests.length;
  await server.kill();
  const publishedThen = (await lake.store.list('bronze')).length;
  await server.restart();
  const client = await connectClient(server.address);
  const end = await endOfRun(client.workflow.getHandle(workflowId));
  await client.connection.close();
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
}, 180_000);
