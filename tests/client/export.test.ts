import { DuckDBInstance } from '@duckdb/node-api';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { restatedPlace } from './restated-place.ts';
import { Place } from './support.ts';

let place: Place;
let folder: string;

beforeAll(async () => {
  place = (await restatedPlace()).place;
  folder = join(place.config, '..');
});
afterAll(() => place.remove());
afterEach(async () => {
  for (const name of await readdir(folder)) if (name.startsWith('out.')) await rm(join(folder, name));
});

const prices = ['--table', 'marts.fct_daily_prices'];

async function closesIn(path: string): Promise<unknown[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(
    `select ticker, price_date::date::varchar as price_date, close from '${path}'`,
  );
  connection.closeSync();
  instance.closeSync();
  return reader.getRowsJson();
}

const expected = [
  ['BTC', '2024-02-28', 104],
  ['BTC', '2024-02-29', 105],
  ['BTC', '2024-03-01', 110],
  ['BTC', '2024-03-02', 120],
];

describe('an export', () => {
  it.each(['parquet', 'csv', 'json'])(
    'as %s gives every row in the order of its key, and nothing lies beside it',
    async (format) => {
      const path = join(folder, `out.${format}`);
      const { code, out } = await place.run('export', ...prices, '--format', format, '--out', path);
      expect({ code, out }).toEqual({
        code: 0,
        out: `4 rows of marts.fct_daily_prices written to ${path}\n`,
      });
      expect(await closesIn(path)).toEqual(expected);
      expect((await readdir(folder)).filter((name) => name.startsWith('out.'))).toEqual([`out.${format}`]);
    },
  );

  it('twice gives the same bytes', async () => {
    const [first, second] = [join(folder, 'out.1.csv'), join(folder, 'out.2.csv')];
    for (const path of [first, second])
      await place.run('export', ...prices, '--format', 'csv', '--out', path);
    expect(await readFile(second)).toEqual(await readFile(first));
  });

  it('without --out goes to the standard output: csv with a header line, json as one array', async () => {
    const csv = await place.runApart('export', ...prices, '--format', 'csv');
    expect(csv.out.split('\n')[0]).toMatch(/^ticker,price_date,/);
    expect(csv.out.split('\n')).toHaveLength(6);
    const json = await place.runApart('export', ...prices, '--format', 'json', '--out', '-');
    const rows = JSON.parse(json.out) as { ticker: string; close: number }[];
    expect(rows.map(({ close }) => close)).toEqual([104, 105, 110, 120]);
  });

  it('of an empty table is an empty array', async () => {
    const { code, out } = await place.run(
      'export',
      '--table',
      'staging.stg_massive__daily_bars',
      '--format',
      'json',
    );
    expect({ code, rows: JSON.parse(out) as unknown }).toEqual({ code: 0, rows: [] });
  });

  it('as of an instant gives the price that was known then', async () => {
    const path = join(folder, 'out.csv');
    const words = ['--format', 'csv', '--out', path, '--as-of', '2024-03-03'];
    const { code, value } = await place.json<object>('export', ...prices, ...words);
    expect({ code, value }).toMatchObject({
      code: 0,
      value: { rows: 3, path, asOf: '2024-03-03T23:59:59.999Z' },
    });
    expect(await closesIn(path)).toEqual([
      ['BTC', '2024-02-28', 100],
      ['BTC', '2024-02-29', 100],
      ['BTC', '2024-03-01', 110],
    ]);
    expect(await readdir(join(place.lake, 'pending'))).toEqual([]);
  });

  it('replaces a file only with --force', async () => {
    const path = join(folder, 'out.csv');
    await writeFile(path, 'mine');
    const refused = await place.run('export', ...prices, '--format', 'csv', '--out', path);
    expect(refused).toMatchObject({ code: 2, error: expect.stringContaining('--force') as string });
    expect(await readFile(path, 'utf8')).toBe('mine');
    const forced = await place.run('export', ...prices, '--format', 'csv', '--out', path, '--force');
    expect(forced.code).toBe(0);
    expect(await closesIn(path)).toEqual(expected);
  });
});

describe('wrong use of export', () => {
  const out = (): string[] => ['--out', join(folder, 'out.parquet')];

  it('an unknown table is refused with the nearest names', async () => {
    const { code, error } = await place.run('export', '--table', 'marts.fct_daily_price', ...out());
    expect(code).toBe(2);
    expect(error).toMatch(/nearest are marts\.fct_daily_prices, /);
    expect(existsSync(join(folder, 'out.parquet'))).toBe(false);
  });

  it.each([
    [['--format', 'xlsx'], 'Allowed choices are parquet, csv, json'],
    [['--format', 'parquet'], 'write --out FILE'],
    [['--format', 'csv', '--json'], 'needs --out FILE'],
    [['--format', 'csv', '--as-of', 'noon'], 'there is no such instant'],
    [['--format', 'csv', '--as-of', '2024-02-28'], '2024-02-29T00:30:00.000Z'],
    [['--format', 'csv', '--out', 'not/there/out.csv'], 'is not there'],
  ])('%j ends with 2 and says why', async (words, sentence) => {
    const { code, out: said, error } = await place.run('export', ...prices, ...words);
    expect(code).toBe(2);
    expect(said + error).toContain(sentence);
  });

  it('without a warehouse is told how to get one', async () => {
    const empty = await Place.create();
    const { code, error } = await empty.run('export', ...prices, ...out());
    expect({ code, error }).toEqual({ code: 2, error: expect.stringContaining('backfill') as string });
    await empty.remove();
  });
});
