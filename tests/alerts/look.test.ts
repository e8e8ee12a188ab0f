import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alertKinds } from '../../alerts/alert.ts';
import { listAlerts } from '../../alerts/list.ts';
import { lookForAlerts, type LakeToWatch, type Look } from '../../alerts/look.ts';
import { countOpenAlerts } from '../../alerts/open-alerts.ts';
import { alertsSchema } from '../../alerts/alert-settings.ts';
import { calendarByName } from '../../calendars/index.ts';
import { bronzeFile, runRecordsFolder, supersededFile } from '../../lake/layout.ts';
import { LakeIndex } from '../../lake/lake-index.ts';
import { LocalStore } from '../../lake/local-store.ts';
import { appendCellRecord, appendRecord, type CellRecord } from '../../lake/records.ts';
import type { CellKey } from '../../workflows/pure/cell.ts';
import { emptyTally } from '../../workflows/pure/run.ts';

const now = new Date('2026-11-20T12:00:00Z');
const dataset = 'massive.daily_bars';
const aapl = (date: string): CellKey => ({ dataset, ticker: 'AAPL', date });
const msft = (date: string): CellKey => ({ dataset, ticker: 'MSFT', date });

let folder: string;
let instance: DuckDBInstance;
let reader: DuckDBConnection;
let watched: LakeToWatch;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alerts-'));
  instance = await DuckDBInstance.create(':memory:', { enable_external_file_cache: 'false' });
  reader = await instance.connect();
  const store = new LocalStore(folder);
  const coverage = { maxRangeDays: null, rangeEndsToday: false, groupOf: () => null };
  const asset = {
    dataset,
    symbol: 'X',
    calendar: calendarByName('nyse'),
    historyDays: null,
    coverage,
  };
  watched = {
    store,
    index: new LakeIndex(store),
    lake: { id: 'sample-1', market: 'sample', createdAt: '2026-11-19T00:00:00Z' },
    alerts: {
      ...alertsSchema.parse({}),
      webhooks: ['team', 'gone'].map((name) => {
        const common = { format: 'json', minimum: 'info', on: [...alertKinds] } as const;
        return { ...common, name, url: undefined, variable: '' };
      }),
    },
    contracts: new Map([[dataset, { freshnessDays: 5 }]]),
    assets: ['AAPL', 'MSFT'].map((ticker) => ({
      ...asset,
      ticker,
      final: { time: '01:00', timeZone: 'America/New_York' },
    })),
  };
});
afterAll(async () => {
  reader.closeSync();
  instance.closeSync();
  await rm(folder, { recursive: true });
});

/** Looks, and answers the titles of what is new, without the word for made-up prices. */
async function look(more: Partial<Look> = {}): Promise<string[]> {
  const { news } = await lookForAlerts(watched, { run: 'daily/2026-11-19', now, ...more });
  return news.map(({ title }) => title.replace('Synthetic: ', '')).sort();
}

async function record(cell: CellKey, entry: Partial<CellRecord> & Pick<CellRecord, 'event'>): Promise<void> {
  await appendCellRecord(watched.store, cell, {
    recordedAt: now.toISOString(),
    run: 'daily/2026-11-19',
    ...entry,
  });
}

/** Publishes a close; what was there before is kept as a restatement keeps it. */
async function publish(cell: CellKey, close: number, entry: Partial<CellRecord> = {}): Promise<void> {
  const { store } = watched;
  const bronze = bronzeFile(cell);
  const isThere = (await store.sizeOf(bronze)) !== undefined;
  const keptAt = supersededFile(cell, 1);
  if (isThere) await copy(store.pathOf(keptAt), `select * from read_parquet('${store.pathOf(bronze)}')`);
  await copy(store.pathOf(bronze), `select ${close}::double as close`);
  const supersedes = isThere ? { supersedes: { number: 1, sha256: 'x', keptAt } } : {};
  await record(cell, { event: 'published', ...supersedes, ...entry });
}

async function copy(path: string, select: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await reader.run(`copy (${select}) to '${path}' (format parquet)`);
}

async function endRun(run: string, outcome: string, failed = 0): Promise<void> {
  const tally = { ...emptyTally, failed };
  const reason = `${failed} cells did not get there`;
  const ended = { event: 'ended', recordedAt: now.toISOString(), run, outcome, tally, code: 'X', reason };
  await appendRecord(watched.store, runRecordsFolder(run), ended);
}

describe('a lake that is looked at', () => {
  it('with nothing published is not stale before its contract’s time is over, and tells nothing', async () => {
    expect(await look()).toEqual([]);
  });

  it('tells of what failed and was refused, of the run, and of the rebuild, each once', async () => {
    const refusal = { event: 'refused' as const, code: 'AuditRefused', reason: 'no', rules: ['rule.high'] };
    for (const date of ['2026-11-17', '2026-11-18', '2026-11-19'])
      await record(aapl(date), { event: 'failed', code: 'KeyRefused', reason: 'the key is wrong' });
    await record(msft('2026-11-19'), refusal);
    await record(msft('2026-11-18'), { event: 'published' });
    await endRun('daily/2026-11-19', 'incomplete', 3);
    const rebuild = { code: 'TestFailed', reason: 'fct_daily_prices_are_positive found 1' };
    expect(await look({ rebuild })).toEqual([
      '3 cells of massive.daily_bars failed: KeyRefused',
      'MSFT 2026-11-19 of massive.daily_bars was refused: rule.high',
      'Run daily/2026-11-19 ended with 3 failed',
      'The warehouse or its report could not be rebuilt: TestFailed',
    ]);
    expect(await look({ rebuild })).toEqual([]);
  });

  it('tells nothing anew where a cell fails again without having been well, under another code too', async () => {
    await record(aapl('2026-11-17'), { event: 'failed', code: 'NoData', reason: 'nothing came' });
    expect(await look()).toEqual([]);
  });

  it('tells that what was wrong is over once all of it is, and then that it came back', async () => {
    await publish(aapl('2026-11-17'), 100);
    await publish(aapl('2026-11-18'), 100);
    expect(await look({ rebuild: null })).toEqual([
      'Over: The warehouse or its report could not be rebuilt: TestFailed',
    ]);
    // Well in between, and noticed by nobody.
    await publish(aapl('2026-11-19'), 100);
    await record(aapl('2026-11-19'), { event: 'failed', code: 'KeyRefused', reason: 'again' });
    expect(await look()).toEqual([
      'AAPL 2026-11-19 of massive.daily_bars failed: KeyRefused',
      'Over: 3 cells of massive.daily_bars failed: KeyRefused',
    ]);
  });

  it('tells that a run is made good once none of its cells is wrong any more', async () => {
    await record(msft('2026-11-19'), { event: 'skipped', reason: 'given up' });
    await record(aapl('2026-11-19'), { event: 'unchanged' });
    expect(await look()).toEqual([
      'Over: AAPL 2026-11-19 of massive.daily_bars failed: KeyRefused',
      'Over: MSFT 2026-11-19 of massive.daily_bars was refused: rule.high',
      'Over: Run daily/2026-11-19 ended with 3 failed',
    ]);
    expect(await countOpenAlerts(watched.index)).toBe(0);
  });

  it('tells that a run could not go on, until a younger one of its kind can', async () => {
    await endRun('backfill/a', 'failed');
    await endRun('backfill/cancelled', 'cancelled');
    expect(await look()).toEqual(['Run backfill/a failed: X']);
    await appendRecord(watched.store, runRecordsFolder('backfill/b'), {
      ...{ event: 'ended', recordedAt: '2026-11-20T12:00:01Z', run: 'backfill/b', outcome: 'completed' },
    });
    expect(await look()).toEqual(['Over: Run backfill/a failed: X']);
  });

  it('tells of restated closes, but not of what a contract made of them, nor of an equal close', async () => {
    await publish(aapl('2026-11-17'), 101.5);
    await publish(aapl('2026-11-18'), 7, { cause: 'contract' });
    await publish(aapl('2026-11-19'), 100);
    expect(await look()).toEqual([
      'A close of massive.daily_bars was restated: AAPL 2026-11-17 100 to 101.5 (+1.50 %)',
    ]);
    expect(await look()).toEqual([]);
  });

  it('tells that an asset is stale against its own calendar, never because its market is closed', async () => {
    // The newest closes are those of Wednesday and Thursday of the week before; Wednesday's is final on Thanksgiving.
    const wednesday = new Date('2026-11-26T12:00:00Z');
    expect(await look({ now: new Date('2026-11-25T02:00:00Z') })).toEqual([]);
    expect(await look({ now: wednesday })).toEqual([
      '2 assets of massive.daily_bars are behind; its contract promises 5 days at most',
    ]);
    for (const cell of [aapl('2026-11-25'), msft('2026-11-25')]) await record(cell, { event: 'published' });
    // The holiday and the weekend after it add nothing that could be there.
    expect(await look({ now: wednesday })).toEqual([
      'Over: 2 assets of massive.daily_bars are behind; its contract promises 5 days at most',
    ]);
    expect(await look({ now: new Date('2026-11-30T02:00:00Z') })).toEqual([]);
  });

  it('two looks at once tell each thing once', async () => {
    const failure = { event: 'failed', code: 'NoData', reason: 'nothing came' } as const;
    await record(aapl('2026-11-20'), { ...failure, run: 'daily/2026-11-20' });
    const both = await Promise.all([look(), look()]);
    expect(both.flat()).toEqual(['AAPL 2026-11-20 of massive.daily_bars failed: NoData']);
  });

  it('answers what no webhook was told of yet, until an outcome is recorded, and nobody who is not configured', async () => {
    const { deliveries } = await lookForAlerts(watched, { run: 'x', now });
    expect(new Set(deliveries.map(({ webhook }) => webhook))).toEqual(new Set(['team', 'gone']));
    const first = deliveries.find(({ webhook }) => webhook === 'team');
    await appendRecord(watched.store, `records/alerts/${first?.kind}/${first?.key}`, {
      ...{ event: 'delivered', recordedAt: now.toISOString(), of: first?.number, webhook: first?.webhook },
    });
    const { webhooks } = watched.alerts;
    const left = { ...watched, alerts: { ...watched.alerts, webhooks: webhooks.slice(0, 1) } };
    const after = await lookForAlerts(left, { run: 'x', now });
    const teams = deliveries.filter(({ webhook }) => webhook === 'team').length;
    expect(after.deliveries).toHaveLength(teams - 1);
    expect(after.deliveries.every(({ webhook }) => webhook === 'team')).toBe(true);
  });

  it('lists what is open and what was told, with what became of telling it', async () => {
    const alerts = await listAlerts((sql, values) => watched.index.rows(sql, values), new Date(0));
    expect(alerts.filter(({ state }) => state === 'open').map(({ title }) => title)).toEqual([
      'AAPL 2026-11-20 of massive.daily_bars failed: NoData',
    ]);
    const outcomes = alerts.flatMap(({ deliveries }) => deliveries.map(({ outcome }) => outcome));
    expect(outcomes.filter((outcome) => outcome === 'delivered')).toHaveLength(1);
    expect(alerts.find(({ kind }) => kind === 'restated')).toMatchObject({ state: 'happened', overAt: null });
  });
});
