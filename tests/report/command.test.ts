import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { restatedPlace, restatement } from '../client/restated-place.ts';
import { Place } from '../client/support.ts';
import { assets, type TinyLake } from '../warehouse/tiny-lake.ts';
import { syntheticLake, wave } from './synthetic-lake.ts';

describe('report', () => {
  let made: TinyLake;
  let place: Place;

  beforeAll(async () => {
    made = await syntheticLake([
      { asset: assets.BTC, days: 10, close: wave(50_000, 0.01, 0.02) },
      { asset: assets.AAPL, days: 10, close: wave(200, 0.02, 0.01) },
    ]);
    place = await Place.create();
  });

  afterAll(async () => {
    await made.remove();
    await place.remove();
  });

  test('says what to do first where there is no warehouse yet', async () => {
    const said = await place.run('report');
    expect(said.code).toBe(2);
    expect(said.error).toContain('There is no warehouse at');
    expect(said.error).toContain('npx tsx client/backfill.ts');
  });

  test('writes the page into the lake, or where it is told to, with the charts beside it', async () => {
    await mkdir(place.lake, { recursive: true });
    await copyFile(made.warehousePath, join(place.lake, 'warehouse.duckdb'));
    const said = await place.run('report');
    expect(said.code).toBe(0);
    expect(said.out).toContain('a dollar in Bitcoin became');
    expect(await readdir(join(place.lake, 'report'))).toContain('index.html');
    const elsewhere = join(made.folder, 'elsewhere/page.html');
    expect((await place.run('report', '--out', elsewhere)).code).toBe(0);
    expect(await readFile(elsewhere, 'utf8')).toContain('Synthetic prices');
    expect(await readdir(join(made.folder, 'elsewhere/charts'))).toContain('performance.svg');
  });

  test('gives programs what the page says as one JSON value', async () => {
    const said = await place.runApart('report', '--format', 'json');
    expect(said.code).toBe(0);
    const report = JSON.parse(said.out) as { headline: string; assets: unknown[] };
    expect(report.headline).toContain('a dollar in Bitcoin became');
    expect(report.assets).toHaveLength(2);
  });

  test.each([
    ['--format', 'pdf'],
    ['--as-of', 'yesterday'],
    ['--open', '--format', 'json'],
  ])('refuses %s %s %s with exit code 2', async (...words) => {
    expect((await place.run('report', ...words)).code).toBe(2);
  });
});

test('a restated price never leaks into the past: each view has its own return', async () => {
  const { place } = await restatedPlace();
  try {
    const closes = async (...words: string[]): Promise<unknown> => {
      const said = await place.run('report', '--format', 'json', ...words);
      const { performance } = JSON.parse(said.out) as { performance: Record<string, unknown>[] };
      const year = performance.find((row) => row['period'] === '1Y');
      return [year?.['start_close'], year?.['end_close'], year?.['end_date']];
    };
    expect(await closes()).toEqual([104, 120, '2024-03-02']);
    expect(await closes('--as-of', '2024-03-03T00:00:00Z')).toEqual([100, 110, '2024-03-01']);
    expect(await closes('--as-of', restatement)).toEqual([104, 120, '2024-03-02']);
    const past = await place.run('report', '--as-of', '2024-03-03T00:00:00Z');
    expect(past.out).toContain('as-of-2024-03-03T000000.000Z');
    const tooEarly = await place.run('report', '--as-of', '2024-02-01');
    expect(tooEarly.code).toBe(2);
    expect(tooEarly.error).toContain('2024-02-29T00:30:00.000Z');
  } finally {
    await place.remove();
  }
});
