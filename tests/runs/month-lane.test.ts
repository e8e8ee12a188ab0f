import { afterAll, beforeAll, expect, it } from 'vitest';
import { dryRun, type DryRun } from '../../client/plan/dry-run.ts';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import { inLake, partitionId } from '../../workflows/pure/ids.ts';
import { actionsInHistories, type CountedActions } from '../support/actions.ts';
import { countStates, eventsOf, massiveCell, newestRecord } from '../support/lake-view.ts';
import { backfillOf, endOfRun, startRequest, type TestRunEnd } from '../support/run-a-request.ts';
import { cliTimeoutMs } from '../support/temporal-cli.ts';
import { workTestLake, type WorkedLake } from '../support/test-lake.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const range = { from: '2026-09-01', to: '2026-10-31' };
const bad = massiveCell('MSFT', '2026-10-20');

let server: TestServer;
let market: SampleMarket;
let worked: WorkedLake;
let end: TestRunEnd;
let planned: DryRun;
let actions: CountedActions;

/** Two months of one stock, of which one day is a lie. */
beforeAll(async () => {
  server = await startTestServer();
  market = await startSampleMarket();
  const now = new Date('2026-11-20T12:00:00Z');
  worked = await workTestLake({ address: server.address, market, now });
  const change = { op: 'set', value: -1 } as const;
  market.order({ kind: 'patch-bar', symbol: 'MSFT', times: null, date: bad.date, change });
  const request = backfillOf(range, { tickers: ['MSFT'], grain: 'month' });
  planned = await dryRun(worked.lake, request, now);
  const handle = await startRequest(worked.lake, request);
  const { runId } = await handle.describe();
  end = await endOfRun(handle);
  actions = await actionsInHistories(worked.lake.client, handle.workflowId, runId);
}, cliTimeoutMs);
afterAll(async () => {
  await worked.close();
  await market.close();
  await server.close();
});

/** The workflows of a type that this server has run, by id below the lake's, with their status. */
async function workflowsOf(type: string): Promise<Map<string, string>> {
  const { client, lake } = worked.lake;
  const found = new Map<string, string>();
  for await (const { workflowId, status } of client.workflow.list({ query: `WorkflowType = "${type}"` }))
    found.set(workflowId.replace(`${lake.id}/`, ''), status.name);
  return found;
}

it('a lie about one day costs that day alone: the run names it, and every other cell is published', async () => {
  expect(end).toMatchObject({ type: 'RunIncomplete', tally: { refused: 1, failed: 0 } });
  expect(await countStates(worked.lake)).toMatchObject({ refused: 1, published: end.tally?.published ?? 0 });
  expect(end.tally?.published).toBe(42);
});

it('the months complete, and the bad cell is red in a workflow of its own, refused as ever', async () => {
  const months = await workflowsOf('month');
  expect([...months.values()]).toEqual(['COMPLETED', 'COMPLETED']);
  expect([...months.keys()].sort().map((id) => id.slice(0, -'/20261120T120000-12345678'.length))).toEqual([
    'month/massive.daily_bars/MSFT/2026-09',
    'month/massive.daily_bars/MSFT/2026-10',
  ]);
  expect(await workflowsOf('partition')).toEqual(new Map([[partitionId(bad), 'FAILED']]));
  expect(await eventsOf(worked.lake, bad)).toEqual(['refused']);
  expect(await newestRecord(worked.lake, bad)).toMatchObject({
    code: 'AuditRefused',
    run: end.message.match(/--run (\S+)/)?.[1],
  });
});

it('one request brought them all, and nothing is left lying', async () => {
  expect(market.requests).toHaveLength(1);
  expect(await worked.lake.store.list('candidates')).toEqual([]);
  expect(await worked.lake.store.list('incoming')).toEqual([]);
  expect(await worked.lake.store.list('pending')).toEqual([]);
});

it('the history of the whole window is a few events for each month', async () => {
  const id = `window/massive.daily_bars/MSFT/${range.from}..2026-10-30`;
  const { client, lake } = worked.lake;
  const { historyLength } = await client.workflow.getHandle(inLake(lake.id, id)).describe();
  expect(historyLength).toBeLessThan(45);
});

it('the plan counted the actions of the months; what split off cost what it cost besides', async () => {
  const { client, lake } = worked.lake;
  const alone = client.workflow.getHandle(inLake(lake.id, partitionId(bad)));
  const { runId } = await alone.describe();
  const splitOff = 1 + (await actionsInHistories(client, alone.workflowId, runId)).total;
  expect(planned.actions.total).toBe(actions.total - actions.retries - splitOff);
});
