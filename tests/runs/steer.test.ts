import { readFile, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCells } from '../../client/run/open-runs.ts';
import { sendAct } from '../../client/steer/send-act.ts';
import { runRecordsFolder } from '../../lake/layout.ts';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import { addDays, type CellKey } from '../../workflows/pure/cell.ts';
import { partitionId, withoutLake } from '../../workflows/pure/ids.ts';
import type { PlanPage, RunProgress } from '../../workflows/pure/run.ts';
import type { RunHandle } from '../../client/run/start-run.ts';
import { Place } from '../client/support.ts';
import { askWarehouse, bitcoinCell, eventsOf, massiveCell, warehouseCloses } from '../support/lake-view.ts';
import { backfillOf, endOfRun, startRequest, type TestRunEnd } from '../support/run-a-request.ts';
import { cliTimeoutMs } from '../support/temporal-cli.ts';
import { openTestLake, type TestLake } from '../support/test-lake.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { until } from '../support/until.ts';
import { startWorkerChild, type WorkerChild } from '../support/worker-child.ts';

/** Two cells at once: a run of forty cells is caught half-way. */
const overlay = { run: { cellsAtOnce: 2, windowsAtOnce: 2, patienceMinutes: 2 } };
/** A file where a folder must be: the audits of this ticker cannot be written until it is gone. */
const blocker = 'audits/source=frankfurter/resource=daily_rates/ticker=EURUSD';
const euroCell = (date: string): CellKey => ({ dataset: 'frankfurter.daily_rates', ticker: 'EURUSD', date });

let server: TestServer;
let market: SampleMarket;
let opened: TestLake;
let worker: WorkerChild;
let place: Place;
let handle: RunHandle;
let run: string;
let last: string;
let appleDay: string;
let euroDay: string;
let end: TestRunEnd;

const lakeOf = (): TestLake['lake'] => opened.lake;
const published = async (): Promise<number> => (await lakeOf().store.list('bronze')).length;
const progress = (): Promise<RunProgress> => handle.query<RunProgress>('progress');

interface Metadata {
  readonly currentDetails: string;
  readonly definition: { readonly signalDefinitions: readonly { name: string; description: string }[] };
}
const metadata = (): Promise<Metadata> => handle.query<Metadata>('__temporal_workflow_metadata');

/** How many windows and cells the run and its windows ever began. */
async function begunCount(): Promise<number> {
  const { client } = lakeOf();
  const ids = (await progress()).openWindows.map((id) => `${lakeOf().lake.id}/${id}`);
  const histories = await Promise.all(
    [handle.workflowId, ...ids].map((id) => client.workflow.getHandle(id).fetchHistory()),
  );
  return histories
    .flatMap(({ events }) => events ?? [])
    .filter((event) => event.startChildWorkflowExecutionInitiatedEventAttributes).length;
}

async function plannedDates(ticker: string): Promise<readonly string[]> {
  const { store } = lakeOf();
  const pages = await Promise.all(
    (await store.list('records/plans')).map(
      async (key) => JSON.parse(await readFile(store.pathOf(key), 'utf8')) as PlanPage,
    ),
  );
  return pages
    .flatMap(({ windows }) => windows)
    .filter(({ assets }) => assets.some((asset) => asset.ticker === ticker))
    .flatMap(({ dates }) => dates);
}

interface ActRecord {
  readonly event: string;
  readonly act?: number;
  readonly by?: string;
  readonly reason?: string;
}
async function actRecords(): Promise<ActRecord[]> {
  const { store } = lakeOf();
  const keys = (await store.list(runRecordsFolder(run))).sort();
  const records = keys.map(async (key) => JSON.parse(await readFile(store.pathOf(key), 'utf8')) as ActRecord);
  return (await Promise.all(records)).filter(({ act }) => act !== undefined);
}

beforeAll(async () => {
  server = await startTestServer();
  market = await startSampleMarket();
  opened = await openTestLake({ address: server.address, market, overlay });
  const { MARKETLAKE_DATA_DIR = '', MARKETLAKE_CONFIG = '' } = opened.environment;
  place = new Place(MARKETLAKE_DATA_DIR, MARKETLAKE_CONFIG);
  worker = await startWorkerChild(opened.environment);
  await lakeOf().store.put(blocker, new TextEncoder().encode('in the way'));
  // The second window is caught while it waits for its answer.
  market.order({ kind: 'slow', delayMs: 2_000, match: { source: 'massive' } });
  handle = await startRequest(lakeOf(), backfillOf({ days: 20 }, { tickers: ['AAPL', 'BTC'] }));
  run = withoutLake(lakeOf().lake.id, handle.workflowId);
  await until(async () => (await published()) >= 4);
}, cliTimeoutMs);
afterAll(async () => {
  await worker.stop();
  await opened.close();
  await market.close();
  await server.close();
});

describe('a run that a person steers', () => {
  it('begins nothing while it is paused, whatever it is told and whoever dies meanwhile', async () => {
    const lake = lakeOf();
    expect(await sendAct(lake, run, 'pause', { reason: 'the desk asks', by: 'the night shift' })).toEqual({
      words: 'paused by the night shift: the desk asks',
      isChanged: true,
    });
    expect(await sendAct(lake, run, 'pause', 'again')).toMatchObject({ isChanged: false });
    // What is in flight ends in order: cells are published, the answer is staged.
    await until(async () => (await openCells(lake)).length === 0);
    await until(async () => (await lake.store.list('staging')).some((key) => key.includes('source=massive')));
    const [rested, begun] = [await published(), await begunCount()];
    await worker.kill();
    worker = await startWorkerChild(opened.environment);
    last = (await progress()).summary?.to ?? '';
    appleDay = (await plannedDates('AAPL')).at(-1) ?? '';

    const quiet = await place.run('steer', 'concurrency', '6', '--reason', 'a quiet night');
    expect(quiet).toMatchObject({ code: 0, out: `${run} 6 cells at once by a person: a quiet night.\n` });
    // As the Web UI sends it: a signal with one JSON value.
    await handle.signal<[unknown]>('drop', { tickers: ['BTC'], from: addDays(last, -2) });
    // The newest day of a coin may be one that a currency has to wait for.
    const added = await sendAct(lake, run, 'add', {
      ...{ tickers: ['EURUSD'], from: addDays(last, -6), to: addDays(last, -1) },
    });
    expect(added.isChanged).toBe(true);
    const skipped = await sendAct(lake, run, 'skip', {
      date: appleDay,
      ticker: 'AAPL',
      reason: 'vendor lost it',
    });
    expect(skipped.words).toBe(`skipped AAPL ${appleDay} by a person: vendor lost it`);

    expect(await progress()).toMatchObject({
      steering: { paused: { by: 'the night shift', reason: 'the desk asks' }, cellsAtOnce: 6 },
    });
    expect([await published(), await begunCount()]).toEqual([rested, begun]);
    expect((await metadata()).currentDetails).toContain('**paused**');
  });

  it('refuses what it cannot understand, and changes nothing', async () => {
    const before = (await progress()).steering;
    await expect(sendAct(lakeOf(), run, 'concurrency', 0)).rejects.toThrow('0 is no number of cells');
    await expect(sendAct(lakeOf(), run, 'add', { tickers: ['DOGE'] })).rejects.toThrow(
      'DOGE cannot be added',
    );
    expect(await place.run('steer', 'resume', 'daily/1999-01-01')).toMatchObject({
      code: 2,
      error: `There is no open run "daily/1999-01-01" in this lake. Open: ${run}.\n`,
    });
    await handle.signal<[unknown]>('skip', { ticker: 'AAPL' });
    await until(async () => (await metadata()).currentDetails.includes('Not understood: skip needs a date'));
    expect((await progress()).steering).toEqual(before);
  });

  it('tells the Web UI what each signal does and takes', async () => {
    const { signalDefinitions } = (await metadata()).definition;
    expect(signalDefinitions.map(({ name }) => name).sort()).toEqual(
      ['pause', 'resume', 'concurrency', 'add', 'drop', 'skip'].sort(),
    );
    expect(signalDefinitions.find(({ name }) => name === 'concurrency')?.description).toContain('such as 8');
  });

  it('goes on when it is resumed, and a cell that is skipped under way comes to rest', async () => {
    await sendAct(lakeOf(), run, 'resume', undefined);
    const isEuro = ({ id }: { id: string }): boolean => id.includes('/EURUSD/');
    // The added ticker's cells are under way, and cannot go on.
    const stuck = await until(async () => (await openCells(lakeOf())).find(isEuro)?.id);
    euroDay = stuck.split('/')[1] ?? '';
    expect(await place.run('skip', euroDay, 'EURUSD', '--reason', 'it hangs')).toMatchObject({ code: 0 });
    await until(
      async () => !(await openCells(lakeOf())).some(({ id }) => id === partitionId(euroCell(euroDay))),
    );
    await rm(lakeOf().store.pathOf(blocker));
    end = await endOfRun(handle);
    const euros = (await plannedDates('EURUSD')).length;
    const cells = 20 + (await plannedDates('AAPL')).length + euros;
    expect(end).toMatchObject({
      outcome: 'completed',
      tally: { published: cells - 5, skipped: 2, dropped: 3, failed: 0, refused: 0 },
    });
  }, 60_000);

  it('has every act in its records, once, in order, and in the warehouse', async () => {
    const acts = await actRecords();
    expect(acts.map(({ event }) => event)).toEqual([
      'paused',
      'concurrency',
      'dropped',
      'added',
      'skipped',
      'resumed',
      'skipped',
    ]);
    expect(acts[0]).toMatchObject({
      by: 'the night shift',
      reason: 'paused by the night shift: the desk asks',
    });
    const steps = await askWarehouse(
      lakeOf(),
      `select step, reason from metadata.pipeline_steps
       where subject = 'run ${run}' and step in ('pause', 'add') order by entry`,
    );
    expect(steps).toEqual([
      { step: 'pause', reason: 'paused by the night shift: the desk asks' },
      { step: 'add', reason: expect.stringContaining('added EURUSD') as string },
    ]);
    const runs = await askWarehouse(lakeOf(), 'select steering_act_count from metadata.pipeline_runs');
    expect(runs).toEqual([{ steering_act_count: '7' }]);
  });

  it('published what was added, left dropped cells missing, and gave the skipped ones up for good', async () => {
    const lake = lakeOf();
    expect((await warehouseCloses(lake, 'EURUSD')).size).toBe((await plannedDates('EURUSD')).length - 1);
    expect(await eventsOf(lake, bitcoinCell(last))).toEqual([]);
    expect(await eventsOf(lake, bitcoinCell(addDays(last, -3)))).toEqual(['published']);
    expect(await eventsOf(lake, massiveCell('AAPL', appleDay))).toEqual(['skipped']);
    expect(await eventsOf(lake, euroCell(euroDay))).toEqual(['skipped']);
    // A window each, and nothing was asked twice.
    expect(market.requests.length).toBe(3);
  });

  it('terminated while it is paused leaves a held window, which the same command takes over', async () => {
    const lake = lakeOf();
    market.order({ kind: 'slow', delayMs: 1_000, match: { source: 'frankfurter' } });
    const request = backfillOf({ days: 5 }, { tickers: ['GBPUSD'] });
    const first = await startRequest(lake, request);
    await until(() => market.requests.length > 3);
    await sendAct(lake, withoutLake(lake.lake.id, first.workflowId), 'pause', undefined);
    await first.terminate('by a person');
    const again = await endOfRun(await startRequest(lake, request));
    expect(again).toMatchObject({ outcome: 'completed', tally: { failed: 0 } });
    expect(again.tally?.published).toBeGreaterThan(2);
    expect(market.requests.length, 'the window and its answer are the first run’s').toBe(4);
  }, 60_000);
});
