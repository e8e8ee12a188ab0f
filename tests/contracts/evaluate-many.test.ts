import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Contract } from '../../contracts/contract.ts';
import { evaluateContract } from '../../contracts/evaluate.ts';
import { evaluateMany } from '../../contracts/evaluate-many.ts';
import { loadContracts } from '../../contracts/load.ts';
import type { AuditSubject } from '../../contracts/subject.ts';
import { encodeParquet, type ParquetValue } from '../../lake/parquet.ts';
import { projectFolder } from '../../settings.ts';

const dataset = 'coingecko.market_chart';
let folder: string;
let connection: DuckDBConnection;
let contract: Contract;

beforeAll(async () => {
  // DuckDB takes brackets for a pattern, and a quote ends a text.
  folder = await mkdtemp(join(tmpdir(), "many-[a]'b-"));
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  const found = loadContracts(join(projectFolder, 'contracts')).get(dataset);
  if (!found) throw new Error(`contracts/ has none for ${dataset}`);
  contract = found;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Row = Record<string, ParquetValue>;

const rowOf = (date: string, close: number | null = 100): Row => ({
  source_id: 'coingecko',
  resource_id: 'market_chart',
  ticker_id: 'BTC',
  bar_date: date,
  close,
  market_cap: 1e9,
  volume: 1e6,
  __batch_id: 'batch-1',
  __source_name: 'coingecko',
  __ingested_at: '2026-11-20T06:00:00Z',
  __schema_version: contract.version,
});

async function file(date: string, rows: readonly Row[], without = ''): Promise<AuditSubject> {
  const columns = contract.columns
    .filter(({ name }) => name !== without)
    .map(({ name, logicalType }) => ({ name, type: logicalType, nullable: true }));
  const parquetPath = join(folder, `${date}.parquet`);
  await writeFile(parquetPath, encodeParquet(columns, rows, {}));
  return { parquetPath, cell: { dataset, ticker: 'BTC', date } };
}

it('every file has the verdict that it has by itself, whatever its neighbours are', async () => {
  const subjects = [
    await file('2026-11-01', [rowOf('2026-11-01')]),
    await file('2026-11-02', [rowOf('2026-11-02', null)]),
    await file('2026-11-03', [rowOf('2026-11-04')]),
    await file('2026-11-05', [rowOf('2026-11-05'), rowOf('2026-11-05')]),
    await file('2026-11-06', [rowOf('2026-11-06')], 'volume'),
    await file('2026-11-07', []),
    await file('2026-11-08', [rowOf('2026-11-08', -1)]),
  ];
  const together = await evaluateMany(connection, contract, subjects);
  const alone = [];
  for (const subject of subjects) alone.push(await evaluateContract(connection, contract, subject));
  expect(together).toEqual(alone);
  expect(together.map((verdict) => verdict?.outcome)).toEqual(['passed', ...Array<string>(6).fill('failed')]);
});

it('files that keep every rule cost two queries together, however many they are', async () => {
  const dates = ['2026-12-01', '2026-12-02', '2026-12-03', '2026-12-04'];
  const subjects = await Promise.all(dates.map(async (date) => file(date, [rowOf(date)])));
  let asked = 0;
  const counting = new Proxy(connection, {
    get(target, name) {
      if (name === 'runAndReadAll') asked += 1;
      const value: unknown = Reflect.get(target, name, target);
      // A method of the connection is called on the connection.
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  const verdicts = await evaluateMany(counting, contract, subjects);
  expect(verdicts.map((verdict) => verdict?.outcome)).toEqual(dates.map(() => 'passed'));
  expect(asked).toBe(2);
});

it('a file that is no Parquet has no verdict, and the others have theirs', async () => {
  const whole = await file('2026-11-11', [rowOf('2026-11-11')]);
  const broken = { ...whole, parquetPath: join(folder, 'broken.parquet') };
  await writeFile(broken.parquetPath, 'PAR1 and no more');
  const verdicts = await evaluateMany(connection, contract, [whole, broken]);
  expect(verdicts.map((verdict) => verdict?.outcome)).toEqual(['passed', undefined]);
});

it('a rule that asks for the whole subject is asked of each file alone', async () => {
  const rule = {
    name: 'one_row_by_query',
    metric: 'sql',
    query: 'select count(*) from ${object}',
    severity: 'error',
    dimension: 'completeness',
    expectation: { operator: 'mustBe', value: 1 },
  } as const;
  const asking: Contract = { ...contract, rules: [...contract.rules, rule as Contract['rules'][number]] };
  const subjects = [
    await file('2026-11-21', [rowOf('2026-11-21')]),
    await file('2026-11-22', [rowOf('2026-11-22')]),
  ];
  const verdicts = await evaluateMany(connection, asking, subjects);
  expect(verdicts.map((verdict) => verdict?.outcome)).toEqual(['passed', 'passed']);
});
