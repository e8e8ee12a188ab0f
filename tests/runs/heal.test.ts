import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAlerts } from '../../alerts/list.ts';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import type { CellKey } from '../../workflows/pure/cell.ts';
import { inLake, mainQueue, partitionId, withoutLake } from '../../workflows/pure/ids.ts';
import { runOptions } from '../../client/run/start-run.ts';
import { bitcoinCell, eventsOf, massiveCell, newestRecord, warehouseCloses } from '../support/lake-view.ts';
import { backfillOf, endOfRun, runRequest, startRequest, type TestRunEnd } from '../support/run-a-request.ts';
import { workTestLake, type WorkedLake } from '../support/test-lake.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { cliTimeoutMs } from '../support/temporal-cli.ts';
import { outcomeOf, resetToFirstTask, startLikeThisOne } from '../support/web-ui.ts';

const week = { from: '2026-11-14', to: '2026-11-19' };
const refused = massiveCell('AAPL', '2026-11-17');
const missing = massiveCell('MSFT', '2026-11-18');
const crossed = massiveCell('GOOGL', '2026-11-16');
const negative = massiveCell('SPY', '2026-11-19');
const coin = bitcoinCell('2026-11-18');
const currency: CellKey = { dataset: 'frankfurter.daily_rates', ticker: 'EURUSD', date: '2026-11-17' };

let server: TestServer;
let market: SampleMarket;
let worked: WorkedLake;
let lying: TestRunEnd;

beforeAll(async () => {
  server = await startTestServer();
  market = await startSampleMarket();
  worked = await workTestLake({
    address: server.address,
    market,
    now: new Date('2026-11-20T12:00:00Z'),
    // Nobody is told, but it is looked for.
    overlay: { alerts: {} },
  });
  const lie = { kind: 'patch-bar', times: null } as const;
  market.order({ ...lie, symbol: 'AAPL', date: refused.date, change: { op: 'set', value: 0 } });
  market.order({ ...lie, symbol: 'MSFT', date: missing.date, change: { op: 'drop' } });
  market.order({ ...lie, symbol: 'GOOGL', date: crossed.date, change: { op: 'cross' } });
  market.order({ ...lie, symbol: 'SPY', date: negative.date, change: { op: 'set', value: -3 } });
  market.order({ kind: 'status', status: 500, times: null, match: { source: 'coingecko' } });
  market.order({ kind: 'html', times: null, match: { source: 'frankfurter', pathIncludes: 'base=EUR' } });
  lying = await runRequest(worked.lake, backfillOf(week));
  market.clearFaults();
}, cliTimeoutMs);
afterAll(async () => {
  await worked.close();
  await market.close();
  await server.close();
});

/** The close that an honest market tells, from the bar's own record in the lake. */
async function expectHealed(cell: CellKey): Promise<void> {
  expect((await newestRecord(worked.lake, cell))?.event).toBe('published');
  expect(await worked.lake.store.sizeOf(`bronze/${segments(cell)}/data.parquet`)).toBeGreaterThan(0);
  const closes = await warehouseCloses(worked.lake, cell.ticker);
  expect(closes.get(cell.date)).toBeGreaterThan(0);
}

function segments({ dataset, ticker, date }: CellKey): string {
  const [source, resource] = dataset.split('.');
  return `source=${source}/resource=${resource}/ticker=${ticker}/date=${date}`;
}

async function standingAlerts(): Promise<string[]> {
  const { index } = worked.lake;
  const alerts = await listAlerts((sql, values) => index.rows(sql, values), new Date(0));
  return alerts.map(({ state, kind, itemCount }) => `${state} ${kind} ${itemCount}`).sort();
}

describe('a run over a market that lies', () => {
  it('fails as RunIncomplete, with the cells, the reasons and the command that retries them', () => {
    expect(lying).toMatchObject({
      outcome: 'failed',
      type: 'RunIncomplete',
      tally: { refused: 3, failed: 11 },
    });
    expect(lying.message).toContain('npx tsx client/retry.ts --run backfill/');
    expect(lying.message).toContain('AAPL 2026-11-17 refused');
  });

  it('wrote no report, since marketlake.yaml wants none', async () => {
    expect(await worked.lake.store.list('report')).toEqual([]);
  });

  it('published every cell that nobody lied about, and the warehouse has them', async () => {
    const { lake } = worked;
    expect((await newestRecord(lake, massiveCell('AAPL', '2026-11-18')))?.event).toBe('published');
    expect([...(await warehouseCloses(lake, 'AAPL')).keys()]).toEqual([
      '2026-11-16',
      '2026-11-18',
      '2026-11-19',
    ]);
    expect([...(await warehouseCloses(lake, 'GBPUSD')).keys()]).toHaveLength(4);
  });
});

describe('once the market is honest again, though the run is over', () => {
  it('a refused cell heals as client/retry.ts starts it: alone, by its own request', async () => {
    const { lake } = worked;
    const context = {
      lake: lake.lake.id,
      run: 'retry/cell',
      options: runOptions(lake.settings, lake.isSearchable),
    };
    const requests = market.requests.length;
    const end = await endOfRun(
      await lake.client.workflow.start('partition', {
        workflowId: inLake(lake.lake.id, partitionId(refused)),
        taskQueue: mainQueue(lake.lake.id),
        args: [{ context, ...refused }],
      }),
    );
    expect(end.outcome).toBe('completed');
    expect(await eventsOf(lake, refused)).toEqual(['refused', 'published']);
    expect(market.requests.length - requests).toBe(1);
    await expectHealed(refused);
  });

  it('a cell without data heals by Reset to its first task', async () => {
    const { lake } = worked;
    const runId = await resetToFirstTask(lake, partitionId(missing));
    expect(await outcomeOf(lake, partitionId(missing), runId)).toEqual({ state: 'published' });
    expect(await eventsOf(lake, missing)).toEqual(['failed', 'published']);
    await expectHealed(missing);
  });

  it('a refused cell heals by Reset to its first task', async () => {
    const { lake } = worked;
    const runId = await resetToFirstTask(lake, partitionId(negative));
    expect(await outcomeOf(lake, partitionId(negative), runId)).toEqual({ state: 'published' });
    expect(await eventsOf(lake, negative)).toEqual(['refused', 'published']);
    await expectHealed(negative);
  });

  it('a refused cell heals by Start Workflow Like This One', async () => {
    const { lake } = worked;
    const runId = await startLikeThisOne(lake, partitionId(crossed));
    expect(await outcomeOf(lake, partitionId(crossed), runId)).toEqual({ state: 'published' });
    expect(await eventsOf(lake, crossed)).toEqual(['refused', 'published']);
    await expectHealed(crossed);
  });

  it('a window that could not be fetched heals by Reset to its first task, all its cells with it', async () => {
    const { lake } = worked;
    const id = `window/frankfurter.daily_rates/EURUSD/2026-11-16..2026-11-19`;
    const runId = await resetToFirstTask(lake, id);
    expect(await outcomeOf(lake, id, runId)).toMatchObject({ published: 4, failed: 0 });
    await expectHealed(currency);
  });

  it('each that healed alone looked for alerts by itself: those about it are over before any further run', async () => {
    expect(await standingAlerts()).toEqual([
      ...['open failed 6', 'open incomplete 14'],
      ...['over failed 1', 'over failed 4', 'over refused 1', 'over refused 2'],
    ]);
  });

  it('a run that ended as RunIncomplete heals by Reset to its first task: it plans what is left', async () => {
    const { lake } = worked;
    const cell = massiveCell('SPY', '2026-11-11');
    market.order({
      kind: 'patch-bar',
      symbol: 'SPY',
      date: cell.date,
      times: null,
      change: { op: 'set', value: null },
    });
    const request = backfillOf({ from: '2026-11-10', to: '2026-11-12' }, { tickers: ['SPY'] });
    const handle = await startRequest(lake, request, 'reset');
    expect(await endOfRun(handle)).toMatchObject({
      type: 'RunIncomplete',
      tally: { published: 2, refused: 1 },
    });
    market.clearFaults();
    const id = withoutLake(lake.lake.id, handle.workflowId);
    const runId = await resetToFirstTask(lake, id);
    expect(await outcomeOf(lake, id, runId)).toMatchObject({ tally: { published: 1 } });
    await expectHealed(cell);
  });

  it('cells of a failed window heal by the next daily run, on its own', async () => {
    const { lake } = worked;
    worked.setNow(new Date('2026-11-21T12:00:00Z'));
    const end = await runRequest(lake, { kind: 'daily', date: '2026-11-20', isExplicit: false });
    expect(end.outcome).toBe('completed');
    await expectHealed(coin);
    expect([...(await warehouseCloses(lake, 'BTC')).keys()]).toEqual([
      ...['2026-11-14', '2026-11-15', '2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20'],
    ]);
  });

  it('nothing of what was told is open any more', async () => {
    expect((await standingAlerts()).filter((line) => !line.startsWith('over'))).toEqual([]);
  });
});
