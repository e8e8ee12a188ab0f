import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'marketlake-calendar-'));
  const file = { file: 'any.csv', dateColumn: 'Date', columns: { close: 'Close' } };
  const overlay = {
    market: 'live',
    assets: [
      {
        ticker: 'OLD',
        class: 'index',
        calendar: 'nyse',
        sources: [{ dataset: 'csv.daily_closes', symbol: 'OLD' }],
      },
    ],
    sources: { csv: { folder, files: { OLD: file } } },
  };
  writeFileSync(join(folder, 'overlay.yaml'), stringify(overlay));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a range that begins before the asset’s calendar is wrong use, and starts nothing', () => {
  const lake = join(folder, 'lake');
  const words = [
    '--import',
    'tsx',
    'client/backfill.ts',
    '--from',
    '1985-01-01',
    '--to',
    '1985-01-05',
    '--json',
  ];
  const { status, stdout } = spawnSync(process.execPath, words, {
    cwd: join(import.meta.dirname, '../..'),
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      MARKETLAKE_CONFIG: join(folder, 'overlay.yaml'),
      MARKETLAKE_MARKET: 'live',
      MARKETLAKE_DATA_DIR: lake,
    },
  });
  expect({ status, error: JSON.parse(stdout) as unknown }).toMatchObject({
    status: 2,
    error: { error: { code: 'BeforeCalendar' } },
  });
  expect(existsSync(join(lake, 'records'))).toBe(false);
});
