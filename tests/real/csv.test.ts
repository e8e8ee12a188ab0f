import { DuckDBInstance } from '@duckdb/node-api';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LakeIndex } from '../../lake/lake-index.ts';
import { LocalStore } from '../../lake/local-store.ts';
import { datesBetween } from '../../workflows/pure/cell.ts';
import { cliTimeoutMs, temporalCliPath } from '../support/temporal-cli.ts';
import { closesInFile, overlayOf, pricesFolder, realSeries, type RealSeries } from './real-series.ts';

const [from, to] = ['2025-01-01', '2026-04-30'];
const isShared = existsSync(pricesFolder);
/** One rate of each kind; the quotient of two is read in reports.test.ts. */
const ofJob = realSeries.filter(({ ticker }) => ticker !== 'GBPUSD');
const projectFolder = join(import.meta.dirname, '../..');

/** Ends like `npm start -- --once` on a lake of its own; nothing of this machine's settings reaches it. */
async function runMainJob(folder: string): Promise<{ code: number | null; output: string }> {
  const config = join(folder, 'overlay.yaml');
  writeFileSync(config, stringify(overlayOf(ofJob)));
  // Sixteen months: long history goes by the month.
  const range = ['--from', from, '--to', to, '--grain', 'month'];
  const args = ['--import', 'tsx', 'client/start.ts', '--once', ...range];
  const child = spawn(process.execPath, args, {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Told to stop, it takes worker and server down with it.
    timeout: 10 * 60_000,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      MARKETLAKE_CONFIG: config,
      MARKETLAKE_DATA_DIR: join(folder, 'lake'),
      MARKETLAKE_MARKET: 'live',
      TEMPORAL_ADDRESS: '',
      TEMPORAL_CLI_PATH: await temporalCliPath(),
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)));
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, output };
}

async function rowsOf(databasePath: string, sql: string): Promise<Record<string, unknown>[]> {
  const isFile = databasePath !== ':memory:';
  const instance = await DuckDBInstance.create(databasePath, isFile ? { access_mode: 'READ_ONLY' } : {});
  try {
    const connection = await instance.connect();
    const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
    connection.closeSync();
    return rows;
  } finally {
    instance.closeSync();
  }
}

/** Rows of ticker, date and a value, as one series' map by date. */
function seriesIn(rows: readonly Record<string, unknown>[], { ticker }: RealSeries): Map<string, unknown> {
  return new Map(
    rows.filter((row) => row['ticker'] === ticker).map((row) => [String(row['date']), row['value']]),
  );
}

describe.skipIf(!isShared)(
  `the main job on real files${isShared ? '' : ' (skipped: ../shared is absent)'}`,
  () => {
    let folder: string;
    let job: { code: number | null; output: string };
    let published: Record<string, unknown>[];
    let states: Record<string, unknown>[];
    let observed: Record<string, unknown>[];

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'marketlake-real-'));
      job = await runMainJob(folder);
      const lake = join(folder, 'lake');
      published = await rowsOf(
        ':memory:',
        `select ticker, date::varchar as date, close as value
         from read_parquet('${lake}/bronze/**/*.parquet', hive_partitioning = true) order by date`,
      );
      const index = new LakeIndex(new LocalStore(lake));
      states = await index.rows(
        'select ticker, date::varchar as date, state as value from cells order by date',
      );
      observed = await rowsOf(
        join(lake, 'warehouse.duckdb'),
        `select ticker, price_date::varchar as date, close as value
         from marts.fct_daily_prices where price_status = 'OBSERVED' order by price_date`,
      );
    }, cliTimeoutMs);

    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it('ends well and says so', () => {
      expect(job).toMatchObject({ code: 0 });
      expect(job.output).toContain('1420 published, 520 closed');
    });

    it.each(ofJob)(
      '$ticker: every published close equals the file’s number, and none is missing',
      (series) => {
        const inFile = closesInFile(series, from, to);
        expect(inFile.size).toBeGreaterThan(200);
        expect(seriesIn(published, series)).toEqual(inFile);
      },
    );

    it.each(ofJob)('$ticker: the days without a price are closed, and no others', (series) => {
      const inFile = closesInFile(series, from, to);
      const expected = datesBetween(from, to).map(
        (date) => [date, inFile.has(date) ? 'published' : 'closed'] as const,
      );
      expect(seriesIn(states, series)).toEqual(new Map(expected));
    });

    it.each(ofJob)('$ticker: the warehouse has the file’s closes as observed, and no others', (series) => {
      expect(seriesIn(observed, series)).toEqual(closesInFile(series, from, to));
    });
  },
);
