import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readReport, writeReport } from '../../report/write-report.ts';
import { uiUrl } from './synthetic-lake.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-grid-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** A warehouse of nothing but cells: synthetic ones, some refused, of these tickers on every day. */
async function warehouseOfCells(tickers: number, days: number): Promise<string> {
  const path = join(folder, 'warehouse.duckdb');
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run(`create schema metadata; create schema marts;
    create table marts.dim_assets as
      select 'T' || t as ticker, 'stock' as class, 'massive.daily_bars' as dataset from range(${tickers}) as numbers (t);
    create table metadata.cells as
      select 'T' || t as ticker, 'massive.daily_bars' as dataset, date '2026-11-19' - d::integer as price_date,
          case when d % 500 = 7 then 'refused' when d % 7 > 4 then 'closed' else 'published' end as state,
          null::varchar as reason, null::varchar as code, 'daily/x' as run,
          'partition/' || (date '2026-11-19' - d::integer) || '/T' || t || '/massive.daily_bars' as workflow_id,
          now() as recorded_at, false as is_restated, d = 3 as is_accepted, null::date as accepted_until,
          '1.0.0' as contract_version, false as is_snapshot
      from range(${tickers}) as numbers (t), range(${days}) as days (d);
    insert into metadata.cells by name
      select 'bitcoin' as ticker, 'coingecko.markets' as dataset, date '2026-11-19' as price_date, 'published' as state,
          'daily/x' as run, 'lot/x' as workflow_id, now() as recorded_at, false as is_restated, false as is_accepted,
          '1.0.0' as contract_version, true as is_snapshot;`);
  connection.closeSync();
  instance.closeSync();
  return path;
}

test('a grid of 100,000 cells stays a page of less than a megabyte, with every cell on it but members of snapshots', async () => {
  const warehousePath = await warehouseOfCells(40, 2_500);
  const report = await readReport(warehousePath);
  expect(report.months.reduce((sum, row) => sum + row.glyphs.replaceAll(' ', '').length, 0)).toBe(100_000);
  const request = {
    warehousePath,
    outFolder: join(folder, 'report'),
    uiUrl,
    namespace: 'default',
    lakeId: 'x',
  };
  const written = await writeReport({ ...request, market: 'sample', now: new Date('2026-11-20T00:00:00Z') });
  expect(written.sizeBytes).toBeLessThan(1_000_000);
  const page = await readFile(written.path, 'utf8');
  expect(page).toContain('All cells of 2020');
  expect(page.match(/<a href="[^"]*partition%2F2026-11-19/g)).toHaveLength(40);
});

test('a month has a character for each of its days, a leap day too, and a space where no cell is', async () => {
  const report = await readReport(await warehouseOfCells(1, 1_000));
  const glyphs = new Map(report.months.map((row) => [row.month, row.glyphs]));
  expect(glyphs.get('2024-02')).toHaveLength(29);
  expect(glyphs.get('2024-03')).toHaveLength(31);
  // Nothing was known before 2024-02-24, the first day; what comes before it in its month stays empty.
  expect(glyphs.get('2024-02')).toMatch(/^ {23}[●·✗]{6}$/);
  expect(glyphs.get('2026-11')).toHaveLength(19);
});

test('what a warehouse of an older version lacks is named, not guessed', async () => {
  const report = await readReport(await warehouseOfCells(1, 10));
  expect(report.absentTables).toContain('metadata.lineage');
  expect(report.absentTables).not.toContain('metadata.cells');
});

test('a cell without a price whose workflow is open is running, and a page that nobody could ask for says so', async () => {
  const warehousePath = await warehouseOfCells(1, 10);
  const request = { warehousePath, uiUrl, namespace: 'default', lakeId: 'x', market: 'sample' } as const;
  // Of the ten days the eighth is refused; the newest is published and stays so.
  const running = ['2026-11-12', '2026-11-19'].map((date) => `partition/${date}/T0/massive.daily_bars`);
  const pageWith = async (more: Partial<Parameters<typeof writeReport>[0]>): Promise<string> => {
    const now = new Date('2026-11-20T00:00:00Z');
    const written = await writeReport({ ...request, outFolder: join(folder, 'report'), now, ...more });
    return readFile(written.path, 'utf8');
  };
  const known = await pageWith({ running });
  expect(known).toContain('T0 2026-11-12 running');
  expect(known).toContain('T0 2026-11-19 published');
  expect(known).toContain('» 1 running');
  expect(known).toContain('was asked of Temporal: 2 cells');
  const unknown = await pageWith({ running: null });
  expect(unknown).toContain('T0 2026-11-12 refused');
  expect(unknown).toContain('What is running is not known');
  expect(await pageWith({})).not.toContain('is running');
});
