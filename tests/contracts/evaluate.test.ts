import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { duckdbTypes, type Contract } from '../../contracts/contract.ts';
import { evaluateContract } from '../../contracts/evaluate.ts';
import { loadContracts } from '../../contracts/load.ts';
import type { Verdict } from '../../contracts/verdict.ts';
import {
  cellOf,
  checkOf,
  contractsFolder,
  failures,
  goodRow,
  temporaryFolder,
  writeParquet,
  type SqlRow,
} from './support.ts';

const contracts = loadContracts(contractsFolder);
const folder = temporaryFolder();
let connection: DuckDBConnection;
let fileNumber = 0;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
});
afterAll(() => connection.closeSync());

function contractOf(dataset: string): Contract {
  const contract = contracts.get(dataset);
  if (!contract) throw new Error(`no contract for ${dataset}`);
  return contract;
}

/** Writes rows as a candidate and audits it as the cell AAA, 2026-01-02. */
async function audit(contract: Contract, rows: readonly SqlRow[]): Promise<Verdict> {
  fileNumber += 1;
  const parquetPath = await writeParquet(connection, join(folder, `${fileNumber}.parquet`), rows);
  return evaluateContract(connection, contract, { parquetPath, cell: cellOf(contract) });
}

/** A change of one column of a good row. */
function withValue(contract: Contract, column: string, expression: string): SqlRow[] {
  return [{ ...goodRow(contract), [column]: expression }];
}

const bars = contractOf('massive.daily_bars');

/** Rows that break one rule of `quality`, by its name: what changes in a good row. */
const breaking: Readonly<Record<string, SqlRow>> = {
  numbers_finite: { ...{ close: `'inf'::double`, high: `'inf'::double` }, price: `'infinity'::double` },
  low_not_above_high: { low: '13.0::double' },
  open_within_low_and_high: { open: '8.0::double' },
  close_within_low_and_high: { close: '12.5::double' },
  volume_above_zero: { volume: '0.0::double' },
  vwap_near_low_and_high: { vwap: '12.5::double' },
  vwap_within_low_and_high: { vwap: '12.5::double' },
  quote_volume_fits_price: { quote_volume: '1250.0::double' },
  high_and_low_together: { high: 'null::double' },
  market_cap_present: { market_cap: 'null::double' },
  volume_present: { volume: 'null::double' },
  price_present: { price: 'null::double' },
  last_updated_present: { last_updated: 'null::timestamptz' },
  high_not_below_low: { high_24h: '8.0::double' },
  cap_is_price_times_supply: { market_cap: '2000.0::double' },
  supply_not_above_its_bound: { circulating_supply: '200.0::double', market_cap: '2200.0::double' },
  ratio_told: { split_to: 'null::double' },
  amount_told: { cash_amount: '0.0::double' },
  not_before_what_was_asked: { asked_since: `date '2026-01-03'` },
  from_its_own_day: { last_updated: `'2026-01-01T00:00:01Z'::timestamptz` },
};

/** Rows that break a check, by the name it has in a verdict. */
function brokenRows(contract: Contract, rule: string): SqlRow[] {
  const row = goodRow(contract);
  const [subject = '', aspect = ''] = rule.split('.');
  const physical = contract.columns.find((column) => column.name === subject)?.physicalType;
  if (rule === 'file.columns') return [{ ...row, surplus: '1' }];
  if (['primary_key.unique', 'rule.one_row', 'rule.one_split_a_day'].includes(rule)) return [row, row];
  if (subject === 'rule') return [{ ...row, ...ofColumns(contract, breaking[aspect]) }];
  if (subject === 'cell') {
    const column = { date: 'bar_date', contract_version: '__schema_version' }[aspect] ?? `${aspect}_id`;
    return [{ ...row, [column]: column === 'bar_date' ? `date '2026-01-05'` : `'other'` }];
  }
  if (aspect === 'type') return [{ ...row, [subject]: '42::integer' }];
  const value = { required: 'null', exclusiveMinimum: '0', minimum: '-1' }[aspect] ?? 'unknown';
  return [{ ...row, [subject]: `(${value})::${duckdbTypes[physical ?? 'VARCHAR']}` }];
}

/** Of what breaks a rule, that which the contract has a column for. */
function ofColumns(contract: Contract, values: SqlRow = {}): SqlRow {
  const names = new Set(contract.columns.map(({ name }) => name));
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
}

/** Counts what a contract's YAML asks for, without our reader; ten checks are the house's own. */
function countOfYaml(dataset: string): number {
  interface Raw {
    required?: boolean;
    unique?: boolean;
    logicalTypeOptions?: object;
    quality?: { type: string }[];
  }
  const text = readFileSync(join(contractsFolder, `${dataset}.odcs.yaml`), 'utf8');
  const [table] = (parse(text) as { schema: [{ properties: Raw[] } & Raw] }).schema;
  const ofColumns = table.properties.map(
    (column) =>
      1 +
      Number(column.required) +
      Object.keys(column.logicalTypeOptions ?? {}).length +
      (column.quality?.length ?? 0),
  );
  const identityAndColumns = 6;
  const primaryKey = 1;
  return (
    ofColumns.reduce((sum, count) => sum + count, 0) +
    (table.quality?.length ?? 0) +
    identityAndColumns +
    primaryKey
  );
}

describe.each([...contracts.values()].map((contract) => [contract.dataset, contract] as const))(
  'every rule of %s',
  (dataset, contract) => {
    it('passes a good file, and as many checks as the YAML holds were applied', async () => {
      const verdict = await audit(contract, [goodRow(contract)]);
      expect(verdict.checks.filter((check) => check.outcome !== 'passed')).toEqual([]);
      expect(verdict.outcome).toBe('passed');
      expect(verdict.ruleCount).toBe(countOfYaml(dataset));
      expect(verdict.checks).toHaveLength(verdict.ruleCount);
      expect(new Set(verdict.checks.map((check) => check.rule)).size).toBe(verdict.ruleCount);
    });

    it('lets every measure that may be null be null, with warnings at most', async () => {
      const nulls = contract.columns
        .filter((column) => !column.required)
        .map((column) => [column.name, `null::${duckdbTypes[column.physicalType]}`] as const);
      const verdict = await audit(contract, [{ ...goodRow(contract), ...Object.fromEntries(nulls) }]);
      expect(verdict.outcome).toBe('passed');
      const wanted = contract.rules
        .filter(({ metric, name }) => metric === 'nullValues' || /^(ratio|amount)_told$/.test(name))
        .map((rule) => `rule.${rule.name}`);
      expect(failures(verdict).sort()).toEqual(wanted.sort());
    });

    it('refuses, or warns of, a file that breaks it', async () => {
      const { checks } = await audit(contract, [goodRow(contract)]);
      // That there is a row at all is another test's.
      for (const { rule, severity } of checks.filter((check) => check.rule !== 'rule.rows_there')) {
        const verdict = await audit(contract, brokenRows(contract, rule));
        expect(checkOf(verdict, rule).outcome, rule).toBe('failed');
        const isRefused = failures(verdict).some((name) => checkOf(verdict, name).severity === 'error');
        expect(verdict.outcome, rule).toBe(isRefused ? 'failed' : 'passed');
        if (severity === 'error') expect(verdict.outcome, rule).toBe('failed');
      }
    });

    it('counts in two like rows twice what it counts in one, which is measured another way', async () => {
      const { checks } = await audit(contract, [goodRow(contract)]);
      for (const { rule } of checks) {
        const [row, twin] = brokenRows(contract, rule);
        if (!row || twin) continue;
        const counted = (verdict: Verdict): [string, number][] =>
          verdict.checks
            .filter((check) => /^\d+$/.test(check.measured) && !/unique|one_row|one_split/.test(check.rule))
            .map((check) => [check.rule, Number(check.measured)]);
        const single = counted(await audit(contract, [row]));
        const double = counted(await audit(contract, [row, row]));
        expect(double, rule).toEqual(single.map(([name, count]) => [name, 2 * count]));
      }
    });
  },
);

describe('a price that is none is refused, and the verdict shows row, value and rule', () => {
  it.each([
    ['0', 'close.exclusiveMinimum', '0.0'],
    ['-1', 'close.exclusiveMinimum', '-1.0'],
    ['null', 'close.required', null],
    [`'nan'`, 'close.exclusiveMinimum', 'nan'],
    [`'inf'`, 'rule.numbers_finite', 'inf'],
    [`'-inf'`, 'close.exclusiveMinimum', '-inf'],
  ])('%s', async (value, rule, shown) => {
    const contract = contractOf('coingecko.market_chart');
    const verdict = await audit(contract, withValue(contract, 'close', `${value}::double`));
    expect(verdict.outcome).toBe('failed');
    expect(checkOf(verdict, rule)).toMatchObject({ outcome: 'failed', measured: '1' });
    expect(checkOf(verdict, rule).offenders[0]).toMatchObject({
      ticker_id: 'AAA',
      bar_date: '2026-01-02',
      close: shown,
    });
  });
});

describe('a file of another shape', () => {
  it('two rows fail the count and the key, and both rows are shown', async () => {
    const verdict = await audit(bars, [goodRow(bars), goodRow(bars)]);
    expect(failures(verdict)).toEqual(['primary_key.unique', 'rule.one_row']);
    expect(checkOf(verdict, 'rule.one_row')).toMatchObject({ measured: '2', expected: 'rowCount must be 1' });
    expect(checkOf(verdict, 'primary_key.unique')).toMatchObject({ measured: '1' });
    expect(checkOf(verdict, 'primary_key.unique').offenders).toHaveLength(2);
  });

  it('no row at all is refused', async () => {
    const path = await writeParquet(connection, join(folder, 'one.parquet'), [goodRow(bars)]);
    const parquetPath = join(folder, 'none.parquet');
    await connection.run(`copy (from '${path}' where false) to '${parquetPath}' (format parquet)`);
    const verdict = await evaluateContract(connection, bars, { parquetPath, cell: cellOf(bars) });
    expect(verdict.outcome).toBe('failed');
    expect(failures(verdict)).toEqual(['rule.one_row']);
  });

  it('at most five offenders are shown', async () => {
    const verdict = await audit(
      bars,
      Array.from({ length: 9 }, () => goodRow(bars)),
    );
    expect(checkOf(verdict, 'rule.one_row').measured).toBe('9');
    expect(checkOf(verdict, 'rule.one_row').offenders).toHaveLength(5);
  });

  it('a missing column fails its own check; what needs it is not evaluated and the rest is', async () => {
    const { close: _close, ...rest } = goodRow(bars);
    const verdict = await audit(bars, [{ ...rest, low: '13.0::double' }]);
    expect(verdict.outcome).toBe('failed');
    expect(checkOf(verdict, 'file.columns').measured).toBe('missing: close');
    expect(checkOf(verdict, 'close.type')).toMatchObject({ outcome: 'failed', measured: 'absent' });
    for (const rule of ['close.required', 'close.exclusiveMinimum', 'rule.close_within_low_and_high']) {
      expect(checkOf(verdict, rule)).toMatchObject({ outcome: 'not-evaluated', measured: 'needs close' });
    }
    expect(checkOf(verdict, 'rule.low_not_above_high').outcome).toBe('failed');
    expect(checkOf(verdict, 'rule.one_row').outcome).toBe('passed');
    expect(verdict.ruleCount).toBe(countOfYaml('massive.daily_bars'));
  });

  it('whole numbers in the place of decimals are another type', async () => {
    const verdict = await audit(bars, withValue(bars, 'close', '11::bigint'));
    expect(checkOf(verdict, 'close.type')).toMatchObject({
      outcome: 'failed',
      measured: 'BIGINT',
      expected: 'DOUBLE',
    });
    expect(checkOf(verdict, 'close.required').outcome).toBe('not-evaluated');
  });

  it('a file with none of the columns gets a verdict too', async () => {
    const verdict = await audit(bars, [{ x: '1' }]);
    expect(verdict.outcome).toBe('failed');
    expect(checkOf(verdict, 'file.columns').measured).toMatch(/^missing: source_id, .*; unknown: x$/);
    expect(verdict.ruleCount).toBe(countOfYaml('massive.daily_bars'));
  });

  it('the right columns in another order are refused, and everything else is evaluated', async () => {
    const { source_id, ...rest } = goodRow(bars);
    const verdict = await audit(bars, [{ ...rest, source_id: source_id ?? '' }]);
    expect(failures(verdict)).toEqual(['file.columns']);
    expect(verdict.checks.some((check) => check.outcome === 'not-evaluated')).toBe(false);
  });

  it('an instant without a zone is another type', async () => {
    const verdict = await audit(bars, withValue(bars, '__ingested_at', `timestamp '2026-01-03 00:00:01'`));
    expect(failures(verdict)).toEqual(['__ingested_at.type']);
  });
});

describe('the cell', () => {
  it('decides which ticker and date are right, quotes and all', async () => {
    const ticker = `O'X"; drop`;
    const rows = withValue(bars, 'ticker_id', `'O''X"; drop'`);
    const parquetPath = await writeParquet(connection, join(folder, 'quoted.parquet'), rows);
    const right = await evaluateContract(connection, bars, {
      parquetPath,
      cell: { ...cellOf(bars), ticker },
    });
    expect(right.outcome).toBe('passed');
    const wrong = await evaluateContract(connection, bars, { parquetPath, cell: cellOf(bars) });
    expect(failures(wrong)).toEqual(['cell.ticker']);
    expect(checkOf(wrong, 'cell.ticker').offenders).toEqual([
      { source_id: 'massive', resource_id: 'daily_bars', ticker_id: ticker, bar_date: '2026-01-02' },
    ]);
  });

  it('is not read out of the path, and odd folders are only folders', async () => {
    const path = join(folder, `it's [odd]*?`, 'ticker=ZZZ', 'date=2020-01-01', 'data.parquet');
    const parquetPath = await writeParquet(connection, path, [goodRow(bars)]);
    const verdict = await evaluateContract(connection, bars, { parquetPath, cell: cellOf(bars) });
    expect(verdict.outcome).toBe('passed');
  });

  it('has its newest file audited, though an older one had the same path', async () => {
    const parquetPath = await writeParquet(connection, join(folder, 'same.parquet'), [goodRow(bars)]);
    const subject = { parquetPath, cell: cellOf(bars) };
    expect((await evaluateContract(connection, bars, subject)).outcome).toBe('passed');
    const next = await writeParquet(
      connection,
      join(folder, 'next.parquet'),
      withValue(bars, 'close', '-1.0::double'),
    );
    renameSync(next, parquetPath);
    expect((await evaluateContract(connection, bars, subject)).outcome).toBe('failed');
  });
});

describe('a file that is no whole Parquet file', () => {
  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['empty', () => Buffer.alloc(0)],
    ['cut short', (bytes) => bytes.subarray(0, bytes.length - 20)],
    ['text', () => Buffer.from('<html>busy</html>')],
    [
      'damaged in its data',
      (bytes) => Buffer.from(bytes.map((byte, at) => (at >= 4 && at < 400 ? 0xff : byte))),
    ],
  ])('%s: is named as unreadable, with the cause', async (name, damage) => {
    const whole = await writeParquet(connection, join(folder, 'whole.parquet'), [goodRow(bars)]);
    const parquetPath = join(folder, `${name}.parquet`);
    writeFileSync(parquetPath, damage(readFileSync(whole)));
    await expect(
      evaluateContract(connection, bars, { parquetPath, cell: cellOf(bars) }),
    ).rejects.toMatchObject({
      code: 'CandidateUnreadable',
      message: expect.stringContaining(parquetPath) as string,
      cause: expect.any(Error) as Error,
    });
  });

  it('leaves the connection usable', async () => {
    const subject = { parquetPath: join(folder, 'not-there.parquet'), cell: cellOf(bars) };
    await expect(evaluateContract(connection, bars, subject)).rejects.toMatchObject({
      code: 'CandidateUnreadable',
    });
    expect((await audit(bars, [goodRow(bars)])).outcome).toBe('passed');
  });
});
