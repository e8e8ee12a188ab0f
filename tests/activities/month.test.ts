import { Client, Connection } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ActivityDeps } from '../../activities/deps.ts';
import { createActivities, type Activities } from '../../activities/index.ts';
import { claimBatch, keepArrived, sealBatch } from '../../lake/batches.ts';
import { appendCellRecord } from '../../lake/records.ts';
import { loadSettings } from '../../settings.ts';
import { openDeps } from '../../worker/open-deps.ts';
import { midnightUtcMs } from '../../workflows/pure/cell.ts';
import type { MonthCells } from '../../workflows/pure/month.ts';
import type { BatchRef, RunContext } from '../../workflows/pure/run.ts';
import { hashesBelow } from '../support/lake-view.ts';

const dataset = 'coingecko.market_chart';
const now = new Date('2026-11-20T12:00:00Z');
const good = ['2026-11-02', '2026-11-03', '2026-11-06'];
/** Its close is none that an audit lets through. */
const bad = '2026-11-04';
/** The answer has nothing for it. */
const absent = '2026-11-05';
const dates = [...good, bad, absent].sort();

interface Lane {
  readonly deps: ActivityDeps;
  readonly steps: Activities;
  readonly batch: BatchRef;
}

let folder: string;
let byCell: Lane;
let byMonth: Lane;

const contextOf = ({ deps }: Lane): RunContext => ({
  lake: deps.lake.id,
  run: 'backfill/test',
  options: { cellsAtOnce: 1, windowsAtOnce: 1, patienceSeconds: 60, isSearchable: false, meteredSources: [] },
});

/** Runs steps as one attempt of a workflow would. */
async function as<T>(lane: Lane, workflowId: string, steps: () => Promise<T>): Promise<T> {
  const environment = new MockActivityEnvironment({
    workflowExecution: { workflowId: `${lane.deps.lake.id}/${workflowId}`, runId: `run-of-${workflowId}` },
    activityId: '1',
  });
  // The environment answers what its function does.
  return await environment.run(steps);
}

async function openLane(name: string): Promise<Lane> {
  const settings = loadSettings({ MARKETLAKE_DATA_DIR: join(folder, name), MARKETLAKE_MARKET: 'sample' });
  const deps = await openDeps(settings, new Client({ connection: Connection.lazy() }), () => now);
  await claimBatch(deps.store, 'batch-1', { workflowId: 'window/x', workflowRunId: 'r' });
  const points = [...good, bad].sort().map((date, index) => {
    const stamp = midnightUtcMs(date) + 86_400_000;
    return [stamp, date === bad ? null : 100 + index] as const;
  });
  const chart = { prices: points, market_caps: points, total_volumes: points };
  const body = Buffer.from(JSON.stringify(chart));
  const page = { index: 0, request: { target: '/x' }, status: 200, contentType: null, rowCount: 4, body };
  await keepArrived(deps.store, 'batch-1', page, now);
  const ask = { kind: 'range', symbol: 'bitcoin', from: dates[0] ?? '', to: dates.at(-1) ?? '' } as const;
  const facts = { batchId: 'batch-1', dataset, ask, window: 'x', workflowId: 'x', workflowRunId: 'r' };
  const batch = await sealBatch(deps.store, 'coingecko', facts, 1);
  return { deps, steps: createActivities(deps), batch };
}

/** As the workflow `month` does; answers the dates that cannot go on together. */
async function doMonth(lane: Lane): Promise<string[]> {
  const { steps, batch } = lane;
  const key = { dataset, ticker: 'BTC', symbol: 'bitcoin', batch };
  const cells: MonthCells = { ...key, dates };
  const context = contextOf(lane);
  const written = await steps.writeMany(cells);
  const audited = await steps.auditMany(context, { ...key, candidates: written.candidates });
  const candidates = written.candidates.filter(({ own }) => !audited.left.includes(own));
  const { contractVersion, file } = audited;
  const task = { ...key, candidates, contractVersion, audit: file };
  const published = await steps.publishMany(context, task);
  return [...written.left, ...audited.left, ...published.left].sort();
}

/** As the workflow `partition` does. */
async function doCell(lane: Lane, date: string): Promise<void> {
  const { steps, batch } = lane;
  const cell = { dataset, ticker: 'BTC', date };
  const written = await steps.writeTmp({ ...cell, run: 'backfill/test', symbol: 'bitcoin', batch });
  if (written.outcome !== 'written') throw new Error(`${date} was not written`);
  const { candidate } = written;
  const { contractVersion, file } = await steps.audit(contextOf(lane), { ...cell, batch, candidate });
  const task = { ...cell, symbol: 'bitcoin', batch, candidate, contractVersion, audit: file };
  await steps.publish(contextOf(lane), task);
}

const rowsOf = async ({ deps }: Lane, sql: string): Promise<unknown[]> => deps.index.rows(sql);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'month-'));
  [byCell, byMonth] = [await openLane('cell'), await openLane('month')];
  for (const date of good) await as(byCell, `partition-${date}`, () => doCell(byCell, date));
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

it('a month leaves the cells that cannot go on, without a trace, and publishes the others', async () => {
  expect(await as(byMonth, 'month', () => doMonth(byMonth))).toEqual([bad, absent]);
  const { store } = byMonth.deps;
  expect(await store.list('candidates')).toEqual([]);
  expect(await store.list('refused')).toEqual([]);
  const left = (await store.list('.')).filter((key) => key.includes(bad) || key.includes(absent));
  expect(left).toEqual([]);
});

it('its bronze has the bytes that a workflow for each cell gives', async () => {
  const bronze = await hashesBelow(byMonth.deps.store, 'bronze');
  expect(bronze.size).toBe(good.length);
  expect(bronze).toEqual(await hashesBelow(byCell.deps.store, 'bronze'));
});

it.each([
  [
    'records',
    `select source, resource, ticker, date::varchar as date, number, event, state, recorded_at::varchar as at, run,
       batch_id, ingestion_date, sha256, size_bytes, row_count, contract_version, code, reason,
       body ->> 'contentSha256' as content, body ->> 'contractSha256' as contract, body ->> 'symbol' as symbol,
       body ->> 'writer' as writer, audit like 'audits/%' as has_audit, body -> 'cells' as cells
     from cell_records order by date, number`,
  ],
  ['states', `select * exclude (workflow_id) replace (date::varchar as date) from cells order by date`],
  [
    'verdicts',
    `select source, resource, ticker, date::varchar as date, audited_at::varchar as at, run, batch_id,
       contract_version, outcome, rule_count, checks, candidate_sha256 from audits order by date`,
  ],
])('the index shows the same %s in both lanes, a row a cell', async (_what, sql) => {
  const rows = await rowsOf(byMonth, sql);
  expect(rows).toHaveLength(good.length);
  expect(rows).toEqual(await rowsOf(byCell, sql));
});

it('each publication leads to its verdict, as the lineage looks for it', async () => {
  const joined = `select count(*)::integer as found from cell_records as cell inner join audits using (source, resource, ticker, date)
    where audits.attempt_id = url_decode(regexp_extract(cell.audit, '~([^/~]+)\\.json$', 1))
      and audits.candidate_sha256 = cell.sha256`;
  expect(await rowsOf(byMonth, joined)).toEqual([{ found: good.length }]);
});

it('the verdicts of a month lie in one file, and its records in one', async () => {
  const { store } = byMonth.deps;
  expect(await store.list('audits')).toHaveLength(1);
  expect(await store.list('records/cells')).toHaveLength(good.length);
});

it('a cell that was left behind is refused by its own workflow, on the same batch, and its verdict is kept', async () => {
  const { steps, batch, deps } = byMonth;
  const cell = { dataset, ticker: 'BTC', date: bad };
  const audited = await as(byMonth, 'partition-bad', async () => {
    const written = await steps.writeTmp({ ...cell, run: 'backfill/test', symbol: 'bitcoin', batch });
    if (written.outcome !== 'written') throw new Error('it was not written');
    return steps.audit(contextOf(byMonth), { ...cell, batch, candidate: written.candidate });
  });
  expect(audited.outcome).toBe('failed');
  const rows = await deps.index.rows(`select outcome from audits where date = '${bad}'`);
  expect(rows).toEqual([{ outcome: 'failed' }]);
});

it('an empty answer closes a day where its contract says so, but never one that had a price', async () => {
  const { deps, batch } = byCell;
  const contract = deps.contracts.get(dataset);
  if (!contract) throw new Error('there is no such contract');
  const contracts = new Map([[dataset, { ...contract, emptyAnswer: 'closed' as const }]]);
  const { writeTmp } = createActivities({ ...deps, contracts });
  const cell = { dataset, ticker: 'BTC', date: absent };
  const write = (): Promise<unknown> =>
    as(byCell, 'partition-absent', () => writeTmp({ ...cell, run: 'daily/x', symbol: 'bitcoin', batch }));
  expect(await write()).toEqual({ outcome: 'closed' });
  const published = { event: 'published', recordedAt: now.toISOString(), run: 'daily/x' } as const;
  await appendCellRecord(deps.store, cell, published);
  await expect(write()).rejects.toThrow(/what was published stays/);
});
