import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBInstance, DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContractError } from '../../contracts/contract-error.ts';
import type { Contract } from '../../contracts/contract.ts';
import { evaluateContract } from '../../contracts/evaluate.ts';
import { brokenRules } from '../../contracts/broken-rules.ts';
import { loadContracts } from '../../contracts/load.ts';
import type { Verdict } from '../../contracts/verdict.ts';
import { openFileReader } from '../../lake/file-reader.ts';
import { encodeParquet, type ParquetColumn, type ParquetValue } from '../../lake/parquet.ts';
import { splitDataset } from '../../workflows/pure/cell.ts';
import { cellOf, contractsFolder, temporaryFolder } from '../contracts/support.ts';
import { brokenBy, measuresOf, type Measures } from './judge.ts';
import { longMs, runs } from './runs.ts';

const folder = temporaryFolder();
let connection: DuckDBConnection;
let instance: DuckDBInstance;
beforeAll(async () => {
  instance = await openFileReader();
  connection = await instance.connect();
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

let fileNumber = 0;
/** A path of its own for each file, as every attempt's candidate has. */
function newPath(): string {
  fileNumber += 1;
  return join(folder, `${fileNumber}.parquet`);
}

type Row = Readonly<Record<string, ParquetValue>>;

/** A row whose cell and lineage are right, whatever it measures. */
function rowOf(contract: Contract, measures: Measures, more: Row = {}): Row {
  const { source, resource } = splitDataset(contract.dataset);
  const { ticker, date } = cellOf(contract);
  return {
    source_id: source,
    resource_id: resource,
    ticker_id: ticker,
    bar_date: date,
    ...textsOf(contract, date),
    ...measures,
    __batch_id: 'b1',
    __source_name: source,
    __ingested_at: '2026-01-03T00:00:01.000Z',
    __schema_version: contract.version,
    ...more,
  };
}

/** Names and instants of a row: no number is judged by them. */
function textsOf(contract: Contract, date: string): Row {
  const texts = contract.columns.slice(4, -4).flatMap(({ name, logicalType }): [string, string][] => {
    if (logicalType === 'string') return [[name, 'some text']];
    if (logicalType === 'date') return [[name, date]];
    return logicalType === 'timestamp' ? [[name, `${date}T12:00:00.000Z`]] : [];
  });
  return Object.fromEntries(texts);
}

function columnsOf(contract: Contract): ParquetColumn[] {
  return contract.columns.map(({ name, logicalType }) => ({ name, type: logicalType, nullable: true }));
}

/** Writes a candidate with the writer, and judges it with the second reader. */
async function audit(
  contract: Contract,
  rows: readonly Row[],
  columns: readonly ParquetColumn[] = columnsOf(contract),
): Promise<Verdict> {
  const parquetPath = newPath();
  writeFileSync(parquetPath, encodeParquet(columns, rows, {}));
  return evaluateContract(connection, contract, { parquetPath, cell: cellOf(contract) });
}

function broken(verdict: Verdict): string[] {
  return verdict.checks
    .filter(({ outcome }) => outcome !== 'passed')
    .map(({ rule }) => rule)
    .sort();
}

const odd = [
  0,
  -0,
  5e-324,
  -5e-324,
  1e308,
  1.7976931348623157e308,
  Infinity,
  -Infinity,
  NaN,
  2 ** 53,
  2 ** 64,
];
const anyNumber = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 8, max: 14 }) },
  { weight: 2, arbitrary: fc.double() },
  { weight: 1, arbitrary: fc.constantFrom(...odd) },
  { weight: 1, arbitrary: fc.constant(null) },
);

/** Anything in every measure: mostly near one price, so that the rules that compare are met as often as broken. */
function anyMeasures(contract: Contract): fc.Arbitrary<Measures> {
  return fc.record(Object.fromEntries(measuresOf(contract).map(({ name }) => [name, anyNumber])));
}

/** Measures that keep every rule: built so, not chosen so. */
function goodMeasures(contract: Contract): fc.Arbitrary<Measures> {
  const part = fc.double({ min: 0, max: 1, noNaN: true });
  return fc
    .tuple(
      fc.double({ min: 1e-9, max: 1e12, noNaN: true }),
      part,
      part,
      part,
      part,
      fc.integer({ min: 1, max: 1e9 }),
    )
    .map(([low, spread, a, b, c, count]) => {
      const high = low * (1 + spread);
      const within = (share: number): number => Math.min(high, Math.max(low, low + (high - low) * share));
      const all = { low, high, open: within(a), close: within(b), vwap: within(c), market_cap: count * low };
      const snapshot = { price: low, high_24h: high, low_24h: low };
      return Object.fromEntries(
        measuresOf(contract).map(({ name }) => [
          name,
          { ...all, ...snapshot, volume: count, trade_count: count, quote_volume: count * within(c) }[name] ??
            count,
        ]),
      );
    });
}

const contracts = [...loadContracts(contractsFolder).values()];

describe.each(contracts.map((contract) => [contract.dataset, contract] as const))(
  'the contract of %s',
  (_, contract) => {
    it(
      'passes every row that was built to keep it',
      () =>
        fc.assert(
          fc.asyncProperty(goodMeasures(contract), async (measures) => {
            const verdict = await audit(contract, [rowOf(contract, measures)]);
            expect([verdict.outcome, broken(verdict)]).toEqual(['passed', []]);
          }),
          runs(10),
        ),
      longMs,
    );

    it(
      'finds in any row just the rules that it breaks, and refuses it where one of them is an error',
      () =>
        fc.assert(
          fc.asyncProperty(anyMeasures(contract), async (measures) => {
            const verdict = await audit(contract, [rowOf(contract, measures)]);
            const wanted = brokenBy(contract, measures);
            expect(broken(verdict)).toEqual(wanted);
            const severities = verdict.checks
              .filter(({ rule }) => wanted.includes(rule))
              .map(({ severity }) => severity);
            expect(verdict.outcome).toBe(severities.includes('error') ? 'failed' : 'passed');
          }),
          runs(40),
        ),
      longMs,
    );

    it(
      'finds in many files at once what it finds in each alone, and in two like rows what it finds in one',
      () =>
        fc.assert(
          fc.asyncProperty(anyMeasures(contract), async (measures) => {
            fc.pre(!brokenBy(contract, measures).some((rule) => rule.endsWith('.type')));
            const row = rowOf(contract, measures);
            const alone = broken(await audit(contract, [row]));
            const subject = { parquetPath: join(folder, `${fileNumber}.parquet`), cell: cellOf(contract) };
            const [together] = await brokenRules(connection, contract, [subject]);
            expect(together?.broken.map(({ rule }) => rule).sort()).toEqual(alone);
            const twice = broken(await audit(contract, [row, row]));
            const ofTwo = contract.rules.filter(({ name }) => /^one_(row|split_a_day)$/.test(name));
            const more = ofTwo.map(({ name }) => `rule.${name}`);
            expect(twice).toEqual([...alone, 'primary_key.unique', ...more].sort());
          }),
          runs(10),
        ),
      longMs,
    );

    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => Buffer.from(text).toString() === text),
      fc.constantFrom("'; drop table x; --", 'AAA ', 'aaa', 'x'.repeat(100_000), '', 'AAA\0'),
      fc.constant(null),
    );

    it(
      'refuses a row of any other cell or version',
      () =>
        fc.assert(
          fc.asyncProperty(
            goodMeasures(contract),
            fc.constantFrom('source_id', 'resource_id', 'ticker_id', '__schema_version'),
            texts,
            async (measures, column, text) => {
              const right = rowOf(contract, measures);
              fc.pre(text !== right[column]);
              expect((await audit(contract, [rowOf(contract, measures, { [column]: text })])).outcome).toBe(
                'failed',
              );
              const date = rowOf(contract, measures, { bar_date: text === null ? null : '2026-01-03' });
              expect((await audit(contract, [date])).outcome).toBe('failed');
            },
          ),
          runs(10),
        ),
      longMs,
    );

    it(
      'refuses a file whose columns are others: one missing, one more, two swapped, one of another type',
      () => {
        const columns = columnsOf(contract);
        const place = fc.nat({ max: columns.length - 1 });
        const types = fc.constantFrom<ParquetColumn['type']>('string', 'number', 'boolean');
        return fc.assert(
          fc.asyncProperty(place, place, types, async (one, other, type) => {
            const [row] = fc
              .sample(goodMeasures(contract), { numRuns: 1, seed: 1 })
              .map((each) => rowOf(contract, each));
            if (row === undefined) throw new Error('no row');
            const at = columns[one];
            const with_ = columns[other];
            if (!at || !with_) throw new Error('no column');
            const changed = [
              columns.filter((column) => column !== at),
              [...columns.slice(0, one), { ...at, name: `${at.name}_2` }, ...columns.slice(one)],
              ...(one === other
                ? []
                : [columns.map((column, index) => (index === one ? with_ : index === other ? at : column))]),
              ...(at.type === type
                ? []
                : [columns.map((column) => (column === at ? { ...at, type } : column))]),
            ];
            for (const each of changed) expect((await audit(contract, [row], each)).outcome).toBe('failed');
            expect((await audit(contract, [], columns)).outcome).toBe('failed');
          }),
          runs(6),
        );
      },
      longMs,
    );
  },
);

describe('a damaged candidate', () => {
  const contract = contracts.find(({ dataset }) => dataset === 'massive.daily_bars');

  it(
    'never ends the process, and never passes cut off; one with a changed value may pass, and its hash keeps it from bronze',
    () => {
      if (!contract) throw new Error('no contract');
      const [measures = {}] = fc.sample(goodMeasures(contract), { numRuns: 1, seed: 2 });
      const whole = encodeParquet(columnsOf(contract), [rowOf(contract, measures)], {});
      const damage = fc.oneof(
        fc.tuple(fc.constant('cut' as const), fc.nat({ max: whole.length - 1 }), fc.constant(0)),
        fc.tuple(
          fc.constant('flip' as const),
          fc.nat({ max: whole.length - 1 }),
          fc.integer({ min: 1, max: 255 }),
        ),
        fc.tuple(
          fc.constant('drop' as const),
          fc.nat({ max: whole.length - 1 }),
          fc.integer({ min: 1, max: 64 }),
        ),
      );
      return fc.assert(
        fc.asyncProperty(damage, async ([kind, at, by]) => {
          const parquetPath = newPath();
          writeFileSync(parquetPath, damaged(whole, kind, at, by));
          const verdict = await evaluateContract(connection, contract, {
            parquetPath,
            cell: cellOf(contract),
          }).catch((error: unknown) => error);
          if (verdict instanceof ContractError) expect(verdict.code).toBe('CandidateUnreadable');
          else expect(['passed', 'failed', 'not-evaluated']).toContain((verdict as Verdict).outcome);
          if (kind === 'cut') expect((verdict as Partial<Verdict>).outcome).not.toBe('passed');
        }),
        runs(100),
      );
    },
    longMs,
  );
});

function damaged(whole: Uint8Array, kind: 'cut' | 'flip' | 'drop', at: number, by: number): Uint8Array {
  if (kind === 'cut') return whole.subarray(0, at);
  if (kind === 'drop') return Buffer.concat([whole.subarray(0, at), whole.subarray(at + by)]);
  const bytes = Uint8Array.from(whole);
  bytes[at] = (bytes[at] ?? 0) ^ by;
  return bytes;
}
