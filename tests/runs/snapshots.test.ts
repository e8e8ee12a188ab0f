import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { actionsOf } from '../../client/plan/actions.ts';
import { startCell } from '../../client/retry/start-cell.ts';
import { runOptions } from '../../client/run/start-run.ts';
import { isSnapshotSettled, snapshotLines, snapshotsOf } from '../../client/status/snapshots.ts';
import type { Contract } from '../../contracts/contract.ts';
import { parseContract } from '../../contracts/parse.ts';
import { keepContract } from '../../lake/kept-contracts.ts';
import { LocalStore } from '../../lake/local-store.ts';
import { readStaleness } from '../../plan/staleness.ts';
import { wholeDayOf } from '../../plan/planned-snapshots.ts';
import { openProofLake } from '../../proof/proof-lake.ts';
import { verifyLake } from '../../proof/verify/verify-lake.ts';
import { projectFolder } from '../../settings.ts';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import type { CellKey } from '../../workflows/pure/cell.ts';
import type { PlanPage } from '../../workflows/pure/run.ts';
import { actionsInHistories } from '../support/actions.ts';
import { askWarehouse, bitcoinCell, eventsOf, newestRecord } from '../support/lake-view.ts';
import { endOfRun, runRequest, startRequest, type TestRunEnd } from '../support/run-a-request.ts';
import { cliTimeoutMs } from '../support/temporal-cli.ts';
import { workTestLake, type WorkedLake } from '../support/test-lake.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const dataset = 'coingecko.markets';
const top = 12;
const overlay = {
  assets: [
    {
      ...{ ticker: 'BTC', class: 'crypto', calendar: 'every-day', currency: 'USD' },
      sources: [{ dataset: 'coingecko.market_chart', symbol: 'bitcoin' }],
    },
  ],
  snapshots: [{ dataset, top }],
};
const member = (ticker: string, date: string): CellKey => ({ dataset, ticker, date });
const isMarkets = ({ path }: { readonly path: string }): boolean => path.includes('/coins/markets');

let server: TestServer;
let market: SampleMarket;
let worked: WorkedLake;
/** What the worker judges by; a test may put another contract in. */
const contracts = new Map<string, Contract>();

beforeAll(async () => {
  server = await startTestServer();
  market = await startSampleMarket();
  const withDeps: Parameters<typeof workTestLake>[0]['withDeps'] = (deps) => {
    for (const [name, contract] of deps.contracts) contracts.set(name, contract);
    return { ...deps, contracts };
  };
  const now = new Date('2026-11-20T12:00:00Z');
  worked = await workTestLake({ address: server.address, market, now, overlay, withDeps });
}, cliTimeoutMs);
afterAll(async () => {
  await worked.close();
  await market.close();
  await server.close();
});

/** The daily run of a UTC day, at noon; by the day of the request it may take another day's snapshot. */
async function daily(today: string, snapshotDate = today): Promise<TestRunEnd & { readonly asked: number }> {
  worked.setNow(new Date(`${today}T12:00:00Z`));
  return dailyNow(today, snapshotDate);
}

async function dailyNow(date: string, snapshotDate = date): Promise<TestRunEnd & { readonly asked: number }> {
  const before = market.requests.filter(isMarkets).length;
  const end = await runRequest(worked.lake, { kind: 'daily', date, isExplicit: false, snapshotDate });
  return { ...end, asked: market.requests.filter(isMarkets).length - before };
}

async function days(): Promise<string[]> {
  const found = await snapshotsOf(worked.lake, { from: '2026-11-01', to: '2026-11-30' });
  return found.map(
    ({ date, top: asked, state, members }) =>
      `${date} ${asked === null ? (state ?? 'missing') : JSON.stringify(members)}`,
  );
}

/** Every contract rule but one, which refuses one coin. */
function refusing(coin: string): { readonly contract: Contract; readonly bytes: Uint8Array } {
  const file = join(projectFolder, 'contracts', `${dataset}.odcs.yaml`);
  const text = readFileSync(file, 'utf8').replace('where high_24h < low_24h', `where coin_id = '${coin}'`);
  return { contract: parseContract(text, file), bytes: Buffer.from(text) };
}

it('the first daily run takes the snapshot of its day with one request, and publishes its members in a lot', async () => {
  worked.setNow(new Date('2026-11-20T12:00:00Z'));
  const request = {
    kind: 'daily',
    date: '2026-11-19',
    isExplicit: false,
    snapshotDate: '2026-11-20',
  } as const;
  const handle = await startRequest(worked.lake, request);
  const { runId } = await handle.describe();
  expect(await endOfRun(handle)).toMatchObject({ outcome: 'completed' });
  expect(market.requests.filter(isMarkets)).toHaveLength(1);
  expect(await days()).toEqual([`2026-11-20 {"published":${top}}`]);
  const [planned] = await worked.lake.store.list('records/plans');
  const page = JSON.parse(readFileSync(worked.lake.store.pathOf(planned ?? ''), 'utf8')) as PlanPage;
  const estimate = actionsOf(page, runOptions(worked.lake.settings, worked.lake.isSearchable));
  const found = await actionsInHistories(worked.lake.client, handle.workflowId, runId);
  expect(found.total - found.signals).toBe(estimate.total - estimate.signals);
});

it('each member leads back to its batch, by the id that the source gives it', async () => {
  const bitcoin = member('bitcoin', '2026-11-20');
  expect(await eventsOf(worked.lake, bitcoin)).toEqual(['published']);
  const record = await newestRecord(worked.lake, bitcoin);
  expect(record).toMatchObject({ symbol: 'bitcoin', run: 'daily/2026-11-19' });
  const rows = await worked.lake.index.rows(
    'select rank, ticker, member_id, batch_id from snapshot_members order by rank limit 1',
  );
  expect(rows).toEqual([{ rank: 1, ticker: 'bitcoin', member_id: 'bitcoin', batch_id: record?.batch?.id }]);
  const lineage = await askWarehouse(
    worked.lake,
    `select count(*)::integer as rows, count(distinct batch_id)::integer as batches,
        count(*) filter (audit_status = 'PASSED')::integer as passed, count(audit_rule_count)::integer as judged
     from metadata.lineage where dataset = '${dataset}'`,
  );
  expect(lineage).toEqual([{ rows: top, batches: 1, passed: top, judged: top }]);
});

it('the second run of the day asks nothing', async () => {
  expect(await daily('2026-11-20')).toMatchObject({ outcome: 'completed', asked: 0 });
  expect(await days()).toHaveLength(1);
});

it('a page of another day is refused and never staged; the day is taken when the source is right', async () => {
  worked.setNow(new Date('2026-11-22T12:00:00Z'));
  market.setNow(new Date('2026-11-21T23:59:00Z'));
  const end = await dailyNow('2026-11-20', '2026-11-22');
  expect(end).toMatchObject({ type: 'RunIncomplete', tally: { failed: 1 } });
  expect(end.message).toContain('2026-11-21T23:59:00.000Z');
  expect((await days()).at(-1)).toBe('2026-11-22 failed');
  expect(await daily('2026-11-22')).toMatchObject({ outcome: 'completed', asked: 1 });
});

it('a day that was missed is given up with its reason, once', async () => {
  expect(await days()).toEqual([
    `2026-11-20 {"published":${top}}`,
    '2026-11-21 skipped',
    `2026-11-22 {"published":${top}}`,
  ]);
  const missed = member('all', '2026-11-21');
  expect(await eventsOf(worked.lake, missed)).toEqual(['skipped']);
  expect((await newestRecord(worked.lake, missed))?.reason).toContain('cannot be asked for afterwards');
});

it('a refused member is judged again from its batch, with nothing asked; the others were published without it', async () => {
  const strict = refusing('tether');
  const [right] = [contracts.get(dataset)];
  await keepContract(worked.deps.store, strict.contract, strict.bytes);
  contracts.set(dataset, strict.contract);
  expect(await daily('2026-11-23')).toMatchObject({ type: 'RunIncomplete', tally: { refused: 1 } });
  expect((await days()).at(-1)).toBe(`2026-11-23 {"published":${top - 1},"refused":1}`);
  const tether = member('tether', '2026-11-23');
  if (right) contracts.set(dataset, right);
  worked.setNow(new Date('2026-11-24T12:00:00Z'));
  const before = market.requests.length;
  await (await startCell(worked.lake, tether)).result();
  expect(market.requests).toHaveLength(before);
  expect((await eventsOf(worked.lake, tether)).at(-1)).toBe('published');
});

it('a cell of a day that nobody took, and one that was not in it, fail with their reason', async () => {
  const untaken = (await startCell(worked.lake, member('bitcoin', '2026-11-21'))).result();
  await expect(untaken).rejects.toMatchObject({ cause: { type: 'DayOver' } });
  const stranger = (await startCell(worked.lake, member('nobody', '2026-11-20'))).result();
  await expect(stranger).rejects.toMatchObject({ cause: { type: 'PlanRefused' } });
});

it('status names the days, and staleness counts from the newest one that was taken', async () => {
  const found = (await snapshotsOf(worked.lake, { from: '2026-11-20', to: '2026-11-23' })).filter(
    ({ date }) => date !== '2026-11-24',
  );
  expect(found.every(isSnapshotSettled)).toBe(true);
  expect(snapshotLines(found)).toEqual([
    `${dataset} 2026-11-23: ${top} members of the first ${top}: ${top} published; and 2 days before`,
    expect.stringContaining('2026-11-21 skipped: it was not taken on its day'),
  ]);
  const assets = worked.lake.plannedSnapshots().map(wholeDayOf);
  const at = new Date('2026-11-27T12:00:00Z');
  const [staleness] = await readStaleness(worked.lake.index, assets, at, '2026-11-01');
  expect(staleness).toMatchObject({ ticker: 'all', newest: '2026-11-23', due: '2026-11-26', days: 3 });
});

it('verify finds nothing wrong in the lake: shared records and verdicts, batches and files', async () => {
  const store = new LocalStore(worked.lake.settings.lakeFolder);
  const report = await verifyLake(
    { ...openProofLake(store, worked.deps.sources), store },
    { now: new Date(), lookAgainAfterMs: 0 },
  );
  expect(report.findings.filter(({ isDamage }) => isDamage)).toEqual([]);
  expect(report.publishedFiles).toBeGreaterThanOrEqual(3 * top);
  expect(await eventsOf(worked.lake, bitcoinCell('2026-11-19'))).toEqual(['published']);
});
