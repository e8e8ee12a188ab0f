import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acceptCell } from '../../client/accept/accept-cell.ts';
import { refusalLines } from '../../client/accept/refusal-lines.ts';
import { refusedCell } from '../../client/accept/refused-cell.ts';
import { withdrawAcceptance } from '../../client/accept/withdraw.ts';
import { Output } from '../../client/command/output.ts';
import { contractPlan, type ContractPlan } from '../../client/contract-plan/contract-plan.ts';
import { reauditCells, reauditRequest } from '../../client/reaudit/reaudit-cells.ts';
import { standingsOf } from '../../client/status/standings.ts';
import { startRun } from '../../client/run/start-run.ts';
import type { Contract } from '../../contracts/contract.ts';
import { parseContract } from '../../contracts/parse.ts';
import { neededAudit } from '../../lake/audits.ts';
import { sha256 } from '../../lake/json.ts';
import { bronzeFile } from '../../lake/layout.ts';
import { projectFolder } from '../../settings.ts';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import type { CellKey } from '../../workflows/pure/cell.ts';
import { askWarehouse, eventsOf, hashesBelow, massiveCell, newestRecord } from '../support/lake-view.ts';
import { backfillOf, endOfRun, runRequest } from '../support/run-a-request.ts';
import { workTestLake, type WorkedLake } from '../support/test-lake.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { cliTimeoutMs } from '../support/temporal-cli.ts';

const dataset = 'massive.daily_bars';
const days = { from: '2025-11-18', to: '2025-11-19' };
const crossed = massiveCell('MSFT', '2025-11-18');
const condemned = massiveCell('AAPL', '2025-11-18');
const text = readFileSync(join(projectFolder, 'contracts', `${dataset}.odcs.yaml`), 'utf8');
const quiet = new Output(true, { write: () => true } as unknown as NodeJS.WriteStream);

/** The contract of the house, changed: each change is a text and what stands in its place. */
function changed(version: string, ...changes: (readonly [string, string])[]): Contract {
  const all = [['version: 1.1.0', `version: ${version}`] as const, ...changes];
  const next = all.reduce((last, [from, to]) => {
    if (!last.includes(from)) throw new Error(`the contract has no "${from}"`);
    return last.replace(from, () => to);
  }, text);
  return parseContract(next, `${dataset} ${version}`);
}

const condemning = [
  'where low > high',
  `where low > high or (ticker_id = 'AAPL' and bar_date = '2025-11-18')`,
] as const;
const stricter = changed('1.2.0', condemning);

/** Two assets are enough for the story. */
function stock(ticker: string): object {
  return {
    ticker,
    class: 'stock',
    calendar: 'nyse',
    currency: 'USD',
    sources: [{ dataset, symbol: ticker }],
  };
}

let server: TestServer;
let market: SampleMarket;
let worked: WorkedLake;
let contracts: Map<string, Contract>;

beforeAll(async () => {
  server = await startTestServer();
  market = await startSampleMarket();
  worked = await workTestLake({
    address: server.address,
    market,
    overlay: { assets: ['AAPL', 'MSFT'].map(stock), retention: { archiveAfterDays: 3 } },
    now: new Date('2025-11-21T12:00:00Z'),
    withDeps: (deps) => ({ ...deps, contracts: (contracts = new Map(deps.contracts)) }),
  });
  market.order({
    kind: 'patch-bar',
    symbol: 'MSFT',
    date: crossed.date,
    times: null,
    change: { op: 'cross' },
  });
  await runRequest(worked.lake, backfillOf(days));
}, cliTimeoutMs);
afterAll(async () => {
  await worked.close();
  await market.close();
  await server.close();
});

/** Runs one command as a process of its own, to its end. */
async function command(name: string, ...words: string[]): Promise<{ code: number | null; value: unknown }> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join('client', `${name}.ts`), ...words, '--json'],
    {
      cwd: projectFolder,
      env: { ...process.env, ...worked.environment },
    },
  );
  const out: Buffer[] = [];
  child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, value: JSON.parse(Buffer.concat(out).toString()) };
}

/** What the warehouse says of one cell's price and of how it came there. */
async function priceOf({ ticker, date }: CellKey): Promise<Record<string, unknown> | undefined> {
  const rows = await askWarehouse(
    worked.lake,
    `select prices.audit_status, lineage.audit_reason, lineage.accepted_until::varchar as accepted_until,
         lineage.cause, lineage.times_restated::integer as times_restated, lineage.contract_version,
         cells.state, cells.is_accepted, cells.is_restated
     from marts.fct_daily_prices as prices
     inner join metadata.lineage as lineage on prices.ticker = lineage.ticker and prices.price_date = lineage.price_date
     inner join metadata.cells as cells on prices.ticker = cells.ticker and prices.price_date = cells.price_date
     where prices.ticker = '${ticker}' and prices.price_date = '${date}' and prices.price_status = 'OBSERVED'`,
  );
  return rows[0];
}

async function planOf(contract: Contract): Promise<ContractPlan> {
  const [plan] = await contractPlan(worked.lake, [contract], { tickers: null, range: null });
  if (!plan) throw new Error('no plan');
  return plan;
}

async function accept(cell: CellKey, livesUntil: string | null, now: string): Promise<number> {
  const refused = await refusedCell(worked.lake, cell);
  const wish = { reason: `the exchange says so (${now})`, livesUntil, wait: true };
  return acceptCell(worked.lake, refused, wish, quiet, new Date(now), contracts);
}

/** Applies a contract by a run, as client/reaudit.ts does. */
async function reaudit(contract: Contract) {
  const named = reauditRequest([contract], dataset, { tickers: null, range: null });
  return endOfRun(await startRun(worked.lake, named.run, named.request));
}

describe('a cell that its audit refused', () => {
  it('can be looked at: each rule with what was measured, the row, and where the evidence lies', async () => {
    const lines = refusalLines(worked.lake, await refusedCell(worked.lake, crossed)).join('\n');
    expect(lines).toContain('MSFT 2025-11-18 (massive.daily_bars) was refused at');
    expect(lines).toMatch(
      /rule\.low_not_above_high: found 1, wanted the query must be 0\n +row: .*low=[\d.]+/,
    );
    expect(lines).toMatch(/raw answer: .*staging.*\n +candidate: .*refused.*\n +verdict: .*audits/);
  });

  it('is published once a person accepts it with a reason, without a request, and its verdict stays as it was', async () => {
    const requests = market.requests.length;
    const words = ['--reason', 'the tape was printed so', '--for-good'];
    const { code, value } = await command('accept', crossed.date, 'MSFT', ...words);
    expect(code).toBe(0);
    expect(value).toMatchObject({ state: 'published' });
    expect(market.requests.length).toBe(requests);
    expect(await eventsOf(worked.lake, crossed)).toEqual(['refused', 'accepted', 'published']);
    const record = await newestRecord(worked.lake, crossed);
    expect(record).toMatchObject({
      cause: 'acceptance',
      acceptance: { number: 2, reason: 'the tape was printed so', livesUntil: null },
    });
    expect((await neededAudit(worked.lake.store, record?.audit ?? '', crossed)).verdict.outcome).toBe(
      'failed',
    );
  });

  it('is marked in the warehouse, with the reason, and in the status grid', async () => {
    expect(await priceOf(crossed)).toMatchObject({
      audit_status: 'ACCEPTED',
      audit_reason: 'the tape was printed so',
      accepted_until: null,
      state: 'published',
      is_accepted: true,
    });
    expect(await priceOf(condemned)).toMatchObject({ audit_status: 'PASSED', is_accepted: false });
    const range = { from: crossed.date, to: crossed.date, tickers: ['MSFT'] };
    expect(await standingsOf(worked.lake, range, new Date('2025-11-21T12:00:00Z'))).toMatchObject([
      { state: 'published', isAccepted: true, reason: 'the tape was printed so' },
    ]);
    const checks = await askWarehouse(
      worked.lake,
      `select distinct acceptance_reason from metadata.quality_results
       where ticker = 'MSFT' and audit_outcome = 'failed' and accepted_by is not null`,
    );
    expect(checks).toEqual([{ acceptance_reason: 'the tape was printed so' }]);
  });
});

describe('a changed contract, before it is applied', () => {
  it('changes nothing where it is the one that cells were judged by', async () => {
    const [planned, applied] = await Promise.all([
      command('plan', '--contract', dataset),
      command('reaudit'),
    ]);
    expect(planned).toMatchObject({ code: 0, value: [{ dataset, newestJudged: null }] });
    expect(applied).toMatchObject({ code: 0, value: { outcome: 'nothing to do' } });
  });

  it('is shown as a plan: what it would refuse, by which rule and value; the lake stays as it is', async () => {
    const before = await hashesBelow(worked.lake.store, '.');
    const plan = await planOf(stricter);
    expect(plan).toMatchObject({
      newestJudged: '1.1.0',
      versionFault: null,
      difference: { reach: 'compatible', changedRules: ['rule.low_not_above_high'] },
      // The accepted cell too: nobody accepted it under this contract.
      counts: { passing: 2, refused: 2, admitted: 0, stillRefused: 0 },
      untold: [],
    });
    expect(plan.rules[0]).toMatchObject({ rule: 'rule.low_not_above_high', severity: 'error', cellCount: 2 });
    expect(plan.rules[0]?.first[0]).toMatchObject({ ticker: 'AAPL', date: condemned.date, measured: '1' });
    expect(plan.rules[0]?.first[0]?.rows[0]).toHaveProperty('low');
    const after = await hashesBelow(worked.lake.store, '.');
    for (const derived of ['index.duckdb']) [before, after].forEach((hashes) => hashes.delete(derived));
    expect(after).toEqual(before);
  });

  it('that adds a column or gives it another type is tried on what the batches give', async () => {
    const column = [
      '      - name: __batch_id',
      '      - name: otc\n        logicalType: integer\n        physicalType: BIGINT\n      - name: __batch_id',
    ] as const;
    expect(await planOf(changed('1.2.0', column, condemning))).toMatchObject({
      difference: { addedColumns: ['otc'], reach: 'compatible' },
      counts: { passing: 2, refused: 2 },
    });
  });

  it('is refused where its version was not raised', async () => {
    const silent = changed('1.1.0', condemning);
    expect((await planOf(silent)).versionFault).toContain('its version is still 1.1.0');
    const flags = { dataset, wait: true };
    await expect(
      reauditCells(worked.lake, new Map([[dataset, silent]]), flags, quiet, new Date()),
    ).rejects.toThrow(/Raise its version above 1\.1\.0/);
  });

  it('is not applied by a worker that still runs the one before it', async () => {
    expect(await reaudit(stricter)).toMatchObject({ outcome: 'failed', type: 'ContractChanged' });
    expect(await eventsOf(worked.lake, condemned)).toEqual(['published']);
  });
});

describe('a changed contract, applied', () => {
  let oldHash: string;

  beforeAll(async () => {
    oldHash = sha256((await worked.lake.store.get(bronzeFile(condemned))) ?? '');
    contracts.set(dataset, stricter);
    const requests = market.requests.length;
    expect(await reaudit(stricter)).toMatchObject({
      type: 'RunIncomplete',
      tally: { published: 2, refused: 2 },
    });
    expect(market.requests.length).toBe(requests);
  });

  it('publishes what passes under its version, as no change of a price', async () => {
    const passing = massiveCell('AAPL', '2025-11-19');
    expect(await newestRecord(worked.lake, passing)).toMatchObject({
      event: 'published',
      cause: 'contract',
      contractVersion: '1.2.0',
      supersedes: { number: 1 },
    });
    expect(await priceOf(passing)).toMatchObject({
      ...{ audit_status: 'PASSED', cause: 'contract', contract_version: '1.2.0' },
      ...{ times_restated: 0, is_restated: false },
    });
  });

  it('refuses what does not: the file stays in bronze and says that it is refused now, and why', async () => {
    expect(await newestRecord(worked.lake, condemned)).toMatchObject({ event: 'refused', cause: 'contract' });
    expect(sha256((await worked.lake.store.get(bronzeFile(condemned))) ?? '')).toBe(oldHash);
    const price = await priceOf(condemned);
    expect(price).toMatchObject({ audit_status: 'REFUSED', contract_version: '1.1.0', state: 'refused' });
    expect(price?.['audit_reason']).toContain('rule.low_not_above_high');
  });

  it('asks again about what a person accepted under the contract before', async () => {
    expect((await newestRecord(worked.lake, crossed))?.reason).toContain('the question is asked again');
    expect(await priceOf(crossed)).toMatchObject({ audit_status: 'REFUSED', is_accepted: false });
  });

  it('is applied once: nothing is left to judge', async () => {
    const { newestJudged, counts } = await planOf(stricter);
    expect([newestJudged, counts.passing + counts.refused + counts.stillRefused]).toEqual([null, 0]);
  });

  it('that is loosened lets in again what it had refused, from the same batches', async () => {
    const laxer = changed('1.2.0');
    expect((await planOf(laxer)).counts).toEqual({ passing: 2, refused: 0, admitted: 1, stillRefused: 1 });
    contracts.set(dataset, laxer);
    expect(await reaudit(laxer)).toMatchObject({ tally: { published: 3, refused: 1 } });
    expect(await priceOf(condemned)).toMatchObject({ audit_status: 'PASSED', contract_version: '1.2.0' });
  });
});

describe('what a person accepted', () => {
  it('for a time is judged again by the daily run after it, however old it is, and stays marked', async () => {
    const requests = market.requests.length;
    expect(await accept(crossed, '2025-11-30', '2025-11-21T12:00:00Z')).toBe(0);
    expect(await priceOf(crossed)).toMatchObject({ audit_status: 'ACCEPTED', accepted_until: '2025-11-30' });
    expect(market.requests.length).toBe(requests);
    const { store } = worked.lake;
    const raw = (await store.list('staging')).find((key) => key.endsWith('/raw.json')) ?? '';
    await store.put(raw.replace('raw.json', 'notes.txt'), Buffer.from('x'));
    worked.setNow(new Date('2025-12-09T12:00:00Z'));
    const end = await runRequest(worked.lake, { kind: 'daily', date: '2025-12-08', isExplicit: false });
    expect(end.message).toContain('MSFT 2025-11-18 refused');
    expect((await newestRecord(worked.lake, crossed))?.reason).toContain('it held until 2025-11-30');
    expect(await priceOf(crossed)).toMatchObject({ audit_status: 'REFUSED', state: 'refused' });
  });

  it('is judged from an archive from then on, since the daily run packed the month away; what it left it notes', async () => {
    const { store, index } = worked.lake;
    const left = (await store.list('staging')).filter((key) => key.includes('ingestion_date=2025-11'));
    expect(left.map((key) => key.slice(key.lastIndexOf('/') + 1))).toEqual(['notes.txt']);
    expect((await store.list('archive')).filter((key) => key.endsWith('.zip')).sort()).toEqual([
      'archive/staging/source=massive/2025-11.zip',
      'archive/superseded/source=massive/2025-11.zip',
    ]);
    const [end] = await index.rows(
      "select body ->> 'note' as note from run_records where run = 'daily/2025-12-08' and event = 'ended'",
    );
    expect(end?.['note']).toMatch(/^1 old files or archives were not packed: npx tsx client\/retention\.ts/);
  });

  it('covers the same content in another answer, and no other content', async () => {
    const { lake } = worked;
    expect(await accept(crossed, null, '2025-12-09T12:00:00Z')).toBe(0);
    const again = backfillOf({ from: crossed.date, to: crossed.date }, { tickers: ['MSFT'], force: true });
    expect(await runRequest(lake, again, 'same')).toMatchObject({ tally: { published: 1 } });
    expect(await newestRecord(lake, crossed)).toMatchObject({
      event: 'unchanged',
      acceptance: { livesUntil: null },
    });
    expect(await priceOf(crossed)).toMatchObject({ audit_status: 'ACCEPTED' });
    const other = { op: 'multiply', factor: 1.01 } as const;
    market.order({ kind: 'patch-bar', symbol: 'MSFT', date: crossed.date, times: null, change: other });
    expect(await runRequest(lake, again, 'other')).toMatchObject({ tally: { refused: 1 } });
    expect((await newestRecord(lake, crossed))?.reason).toContain('the source says something else now');
    // What lies in bronze is still what was accepted: other content says nothing of it.
    expect(await priceOf(crossed)).toMatchObject({ audit_status: 'ACCEPTED', state: 'refused' });
  });

  it('can be taken back, and is then refused, marked so, and not covered by the old word', async () => {
    const now = new Date('2025-12-09T12:00:00Z');
    await expect(
      withdrawAcceptance(worked.lake, condemned, { wait: true, reason: 'x' }, quiet, now),
    ).rejects.toThrow(/there is nothing to take back/);
    const flags = { wait: true, reason: 'it was a misprint' };
    expect(await withdrawAcceptance(worked.lake, crossed, flags, quiet, now)).toBe(0);
    expect((await eventsOf(worked.lake, crossed)).slice(-2)).toEqual(['withdrawn', 'refused']);
    expect(await priceOf(crossed)).toMatchObject({ audit_status: 'REFUSED' });
  });
});
