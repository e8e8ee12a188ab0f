import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dailyLine, readDailyChange } from '../../client/run/daily-change.ts';
import { readCellRecords } from '../../lake/records.ts';
import { tiles } from '../../report/page/tiles.ts';
import { readReportData } from '../../report/read/report-data.ts';
import { WarehouseReader } from '../../report/read/warehouse-reader.ts';
import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import type { CellKey } from '../../workflows/pure/cell.ts';
import type { PlanSummary } from '../../workflows/pure/run.ts';
import {
  askWarehouse,
  bitcoinCell,
  eventsOf,
  hashesBelow,
  massiveCell,
  newestRecord,
  warehouseCloses,
} from '../support/lake-view.ts';
import { backfillOf, runRequest, type TestRunEnd } from '../support/run-a-request.ts';
import { workTestLake, type WorkedLake } from '../support/test-lake.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { cliTimeoutMs } from '../support/temporal-cli.ts';

const assets = [
  {
    ...{ ticker: 'BTC', class: 'crypto', calendar: 'every-day', currency: 'USD' },
    sources: [{ dataset: 'coingecko.market_chart', symbol: 'bitcoin' }],
  },
  {
    ...{ ticker: 'AAPL', class: 'stock', calendar: 'nyse', currency: 'USD' },
    sources: [{ dataset: 'massive.daily_bars', symbol: 'AAPL' }],
  },
];
const restated = massiveCell('AAPL', '2026-11-13');
const gone = massiveCell('AAPL', '2026-10-21');
const refused = bitcoinCell('2026-10-21');

let server: TestServer;
let market: SampleMarket;
let worked: WorkedLake;

beforeAll(async () => {
  server = await startTestServer();
  market = await startSampleMarket();
  const now = new Date('2026-11-19T12:00:00Z');
  worked = await workTestLake({ address: server.address, market, now, overlay: { assets } });
  const history = backfillOf({ from: '2026-10-19', to: '2026-11-18' }, { grain: 'month' });
  expect(await runRequest(worked.lake, history)).toMatchObject({ outcome: 'completed' });
}, cliTimeoutMs);
afterAll(async () => {
  await worked.close();
  await market.close();
  await server.close();
});

/** Runs the daily run of a day at noon of the day after it, and counts what it asked. */
async function daily(date: string, noonOf: string): Promise<TestRunEnd & { readonly requests: number }> {
  worked.setNow(new Date(`${noonOf}T12:00:00Z`));
  const before = market.requests.length;
  const end = await runRequest(worked.lake, { kind: 'daily', date, isExplicit: false });
  return { ...end, requests: market.requests.length - before };
}

/** What the newest plan of a run counted. */
async function planOf(run: string): Promise<PlanSummary> {
  const rows = await worked.lake.index.rows(
    `select body ->> '$.plan.summary' as summary from run_records
     where run = $run and event = 'planned' order by number desc limit 1`,
    { run },
  );
  return JSON.parse(String(rows[0]?.['summary'])) as PlanSummary;
}

/** The looks that the records of a run name, as `TICKER DATE look event`. */
async function looksOf(run: string): Promise<string[]> {
  const rows = await worked.lake.index.rows(
    `select concat_ws(' ', ticker, date, look, event) as found from cell_records
     where run = $run and look is not null order by all`,
    { run },
  );
  return rows.map(({ found }) => String(found));
}

async function closeOf({ ticker, date }: CellKey): Promise<number> {
  return (await warehouseCloses(worked.lake, ticker)).get(date) ?? Number.NaN;
}

describe('published cells are looked at again by the daily run', () => {
  it('1, 7 and 30 days after their day, in the one window of each asset, and the same is recorded as unchanged', async () => {
    const bronze = await hashesBelow(worked.lake.store, 'bronze');
    const end = await daily('2026-11-19', '2026-11-20');
    expect(end).toMatchObject({ outcome: 'completed', requests: 2, tally: { published: 8 } });
    expect(await planOf('daily/2026-11-19')).toMatchObject({ todo: 2, looks: 6, requests: { massive: 1 } });
    expect(await looksOf('daily/2026-11-19')).toEqual(
      ['AAPL', 'BTC'].flatMap((ticker) => [
        `${ticker} 2026-10-20 30 unchanged`,
        `${ticker} 2026-11-12 7 unchanged`,
        `${ticker} 2026-11-18 1 unchanged`,
      ]),
    );
    const after = await hashesBelow(worked.lake.store, 'bronze');
    expect([...bronze].filter(([file, hash]) => after.get(file) !== hash)).toEqual([]);
  });

  it('once: the same run again asks for nothing', async () => {
    expect(await daily('2026-11-19', '2026-11-20')).toMatchObject({ outcome: 'completed', requests: 0 });
  });
});

describe('a source that says something else now', () => {
  let end: TestRunEnd & { readonly requests: number };
  let before: number[];

  beforeAll(async () => {
    before = [await closeOf(restated), await closeOf(gone), await closeOf(refused)];
    const lie = { kind: 'patch-bar', times: null } as const;
    market.order({ ...lie, symbol: 'AAPL', date: restated.date, change: { op: 'multiply', factor: 1.02 } });
    market.order({ ...lie, symbol: 'AAPL', date: gone.date, change: { op: 'drop' } });
    market.order({ ...lie, symbol: 'bitcoin', date: refused.date, change: { op: 'set', value: -1 } });
    end = await daily('2026-11-20', '2026-11-21');
  });

  it('is believed where its price passes the audit: published anew, the old file kept, both in the warehouse', async () => {
    const { lake } = worked;
    expect(await eventsOf(lake, restated)).toEqual(['published', 'published']);
    const { supersedes, look } = (await newestRecord(lake, restated)) ?? {};
    expect(look).toBe(7);
    expect(await lake.store.sizeOf(supersedes?.keptAt ?? '')).toBeGreaterThan(0);
    const [row] = await askWarehouse(
      lake,
      `select ticker, old_close, new_close, change_pct, cause, look from metadata.restatements`,
    );
    const [old = 0] = before;
    expect(row).toMatchObject({ ticker: 'AAPL', old_close: old, cause: 'source', look: '7' });
    expect(row?.['new_close']).toBeCloseTo(old * 1.02, 6);
    expect(row?.['change_pct']).toBeCloseTo(2, 6);
    expect(await closeOf(restated)).toBe(row?.['new_close']);
  });

  it('is red where its audit refuses it or it has the day no more, and what was published stays', async () => {
    const { lake } = worked;
    expect(end).toMatchObject({ type: 'RunIncomplete', requests: 2, tally: { refused: 1, failed: 1 } });
    expect(end.message).toContain('BTC 2026-10-21 refused');
    expect(end.message).toContain('What was published before stays.');
    expect(end.message).toContain('what was published stays');
    expect(await newestRecord(lake, refused)).toMatchObject({ event: 'refused', look: 30 });
    expect(await newestRecord(lake, gone)).toMatchObject({ event: 'failed', code: 'NoData', look: 30 });
    expect([await closeOf(gone), await closeOf(refused)]).toEqual(before.slice(1));
  });
});

describe('a split', () => {
  let end: TestRunEnd & { readonly requests: number };
  let before: ReadonlyMap<string, number>;

  beforeAll(async () => {
    before = await warehouseCloses(worked.lake, 'AAPL');
    market.clearFaults();
    market.order({ kind: 'rescale', symbol: 'AAPL', before: '2026-11-23', factor: 0.5, times: null });
    end = await daily('2026-11-23', '2026-11-24');
  });

  it('that the looks of a run find has all of the history looked at in the same run, by one more request', async () => {
    expect(end).toMatchObject({ outcome: 'completed', requests: 3 });
    const looks = await looksOf('daily/2026-11-23');
    expect(looks.filter((look) => /^AAPL.*\d (1|7|30) /.test(look))).toEqual([
      'AAPL 2026-10-22 30 published',
      'AAPL 2026-10-23 30 published',
      'AAPL 2026-11-16 7 published',
      'AAPL 2026-11-20 1 published',
    ]);
    expect(looks.filter((look) => / history published$/.test(look))).toHaveLength(21);
    const after = await warehouseCloses(worked.lake, 'AAPL');
    for (const [date, close] of before)
      if (date !== restated.date) expect([date, after.get(date)]).toEqual([date, close / 2]);
    expect((await readCellRecords(worked.lake.store, gone)).at(-1)?.record).toMatchObject({
      look: 'history',
    });
  });

  it('is one event in the warehouse, named by its ratio; a price that had been corrected before is one of its own', async () => {
    const rows = await askWarehouse(
      worked.lake,
      `select event_id, event_cells::integer as cells, looks_like_split, count(*)::integer as found
       from metadata.restatements where run = 'daily/2026-11-23' group by all order by cells desc`,
    );
    const event = 'daily/2026-11-23/massive.daily_bars/AAPL';
    expect(rows).toEqual([
      { event_id: event, cells: 24, looks_like_split: '2:1', found: 24 },
      { event_id: `${event}/2026-11-13/3`, cells: 1, looks_like_split: null, found: 1 },
    ]);
  });

  it('is told as one event, under the asset and in the line that ends the daily run', async () => {
    const { lake } = worked;
    const words = '24 closes of 2026-10-19 … 2026-11-20 changed by −50.0 %: looks like a split of 2:1';
    const reader = await WarehouseReader.open(lake.store.pathOf('warehouse.duckdb'));
    const page = tiles(await readReportData(reader), {
      lakeId: lake.lake.id,
      uiUrl: null,
      namespace: 'default',
    });
    reader.close();
    expect(page.text).toContain(words);
    const change = await readDailyChange(lake, 'daily/2026-11-23', '2026-11-23', []);
    expect(dailyLine(change)).toContain(`25 restated (AAPL: ${words}, and 1 more)`);
  });

  it('is learned once: the next run looks at what is due, finds it as it is, and asks no more than that', async () => {
    expect(await daily('2026-11-24', '2026-11-25')).toMatchObject({ outcome: 'completed', requests: 2 });
    const looks = await looksOf('daily/2026-11-24');
    expect(looks.filter((look) => look.startsWith('AAPL')).every((look) => look.endsWith('unchanged'))).toBe(
      true,
    );
  });
});
