import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateContract } from '../../contracts/evaluate.ts';
import { describeExpectation, meets } from '../../contracts/expectation.ts';
import type { Expectation } from '../../contracts/contract.ts';
import { parseContract } from '../../contracts/parse.ts';
import type { Check } from '../../contracts/verdict.ts';
import { verifyContract } from '../../contracts/verify.ts';
import { cellOf, checkOf, contractText, goodRow, temporaryFolder, writeParquet } from './support.ts';

const folder = temporaryFolder();
let connection: DuckDBConnection;
let fileNumber = 0;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
});
afterAll(() => connection.closeSync());

/** Holds rows of (price, label), as SQL, against a contract, and returns what one check found. */
async function checkRows(
  parts: Parameters<typeof contractText>[0],
  rule: string,
  rows: string[][],
): Promise<Check> {
  const contract = parseContract(contractText(parts), 'demo.odcs.yaml');
  await verifyContract(connection, contract);
  fileNumber += 1;
  const file = rows.map(([price = '', label = '']) => ({
    ...goodRow(contract),
    price: `${price}::double`,
    label: `${label}::varchar`,
  }));
  const parquetPath = await writeParquet(connection, join(folder, `${fileNumber}.parquet`), file);
  return checkOf(await evaluateContract(connection, contract, { parquetPath, cell: cellOf(contract) }), rule);
}

const quality = (facts: string): string =>
  `        quality: [{ name: extra, type: library, severity: warning, dimension: accuracy, ${facts} }]`;
const ofTable = (facts: string): string =>
  `      - { name: extra, type: library, severity: error, dimension: accuracy, ${facts} }`;
const query = (text: string, operator = 'mustBe: 0'): string =>
  `      - { name: extra, type: sql, query: "${text}", ${operator}, severity: error, dimension: accuracy }`;

interface Case {
  readonly name: string;
  readonly parts: Parameters<typeof contractText>[0];
  readonly rule?: string;
  readonly passes: string[][];
  readonly fails: string[][];
  readonly measured: string;
}

const one = ['1', `'a'`];
const cases: Case[] = [
  {
    name: 'nullValues counts nulls',
    parts: { label: quality('metric: nullValues, mustBe: 0') },
    passes: [one],
    fails: [['1', 'null']],
    measured: '1',
  },
  {
    name: 'missingValues counts the listed values',
    parts: {
      label: quality(`metric: missingValues, mustBe: 0, arguments: { missingValues: ['', 'N/A', null] }`),
    },
    passes: [one],
    fails: [
      ['1', `'N/A'`],
      ['2', 'null'],
      ['3', `''`],
    ],
    measured: '3',
  },
  {
    name: 'missingValues without null leaves null alone',
    parts: { label: quality(`metric: missingValues, mustBe: 0, arguments: { missingValues: ["it's"] }`) },
    passes: [['1', 'null']],
    fails: [['1', `'it''s'`]],
    measured: '1',
  },
  {
    name: 'invalidValues counts what is not listed, and no null',
    parts: { price: quality('metric: invalidValues, mustBe: 0, arguments: { validValues: [1, 2.5] }') },
    passes: [
      ['2.5', 'null'],
      ['null', 'null'],
    ],
    fails: [['3', 'null']],
    measured: '1',
  },
  {
    name: 'invalidValues counts what does not match a pattern, and no null',
    parts: { label: quality(`metric: invalidValues, mustBe: 0, arguments: { pattern: '^[a-z]+$' }`) },
    passes: [one, ['1', 'null']],
    fails: [['1', `'A1'`]],
    measured: '1',
  },
  {
    name: 'duplicateValues of a column counts repetitions, and no null',
    parts: { label: quality('metric: duplicateValues, mustBe: 0') },
    passes: [one, ['1', `'b'`], ['1', 'null'], ['1', 'null']],
    fails: [one, one, one],
    measured: '2',
  },
  {
    name: 'duplicateValues of a table counts repeated combinations',
    parts: {
      tableRules: ofTable('metric: duplicateValues, mustBe: 0, arguments: { properties: [price, label] }'),
    },
    passes: [one, ['1', `'b'`], ['2', `'a'`]],
    fails: [one, one],
    measured: '1',
  },
  {
    name: 'rowCount counts rows',
    parts: { tableRules: ofTable('metric: rowCount, mustBeBetween: [1, 2]') },
    passes: [one, one],
    fails: [one, one, one],
    measured: '3',
  },
  {
    name: 'unique',
    parts: { label: '        unique: true' },
    rule: 'label.unique',
    passes: [one, ['1', `'b'`]],
    fails: [one, one],
    measured: '1',
  },
  {
    name: 'pattern',
    parts: { label: `        logicalTypeOptions: { pattern: '^a' }` },
    rule: 'label.pattern',
    passes: [
      ['1', `'ab'`],
      ['1', 'null'],
    ],
    fails: [['1', `'ba'`]],
    measured: '1',
  },
  ...(
    [
      ['minimum', '1', '0.9'],
      ['maximum', '1', '1.1'],
      ['exclusiveMinimum', '1.1', '1'],
      ['exclusiveMaximum', '0.9', '1'],
    ] as const
  ).map(([kind, good, bad]) => ({
    name: `${kind}, which null keeps and NaN breaks`,
    parts: { price: `        logicalTypeOptions: { ${kind}: 1 }` },
    rule: `price.${kind}`,
    passes: [
      [good, 'null'],
      ['null', 'null'],
    ],
    fails: [
      [bad, 'null'],
      [`'nan'`, 'null'],
    ],
    measured: '2',
  })),
  {
    name: 'sql that counts the rows of a condition',
    parts: { tableRules: query("SELECT count(*) FROM ${object} WHERE price > 1 or label = 'from'") },
    passes: [one],
    fails: [['2', `'a'`]],
    measured: '1',
  },
  {
    name: 'sql that counts groups',
    parts: {
      tableRules: query(
        'select count(*) from (select label from ${object} group by label having sum(price) > 1)',
      ),
    },
    passes: [one],
    fails: [one, one],
    measured: '1',
  },
  {
    name: 'sql that counts nothing but measures',
    parts: {
      tableRules: query(
        'with t as (select price from ${object}) select max(price) from t',
        'mustBeLessThan: 2',
      ),
    },
    passes: [one],
    fails: [['2.5', `'a'`]],
    measured: '2.5',
  },
  {
    name: 'sql that measures nothing at all',
    parts: { tableRules: query('select max(price) from ${object}', 'mustBeLessThan: 2') },
    passes: [one],
    fails: [['null', `'a'`]],
    measured: 'null',
  },
];

describe('a rule lets a file pass that keeps it and finds what breaks it', () => {
  it.each(cases.map((example) => [example.name, example] as const))('%s', async (_name, example) => {
    const rule = example.rule ?? 'rule.extra';
    expect(await checkRows(example.parts, rule, example.passes)).toMatchObject({
      outcome: 'passed',
      offenders: [],
    });
    const failed = await checkRows(example.parts, rule, example.fails);
    expect(failed).toMatchObject({ outcome: 'failed', measured: example.measured });
    expect(failed.offenders.length).toBeGreaterThan(0);
  });

  it('under a column, a query names it as ${property}', async () => {
    const price = `        quality: [{ name: extra, type: sql, query: "select count(*) from \${object} where \${property} > 1", mustBe: 0, severity: error, dimension: accuracy }]`;
    const check = await checkRows({ price }, 'rule.extra', [['2', 'null']]);
    expect(check.offenders).toEqual([expect.objectContaining({ price: '2.0' })]);
  });
});

describe('a query that gives several rows', () => {
  it('is the fault of the contract, not of the file', async () => {
    const parts = { tableRules: query('select price from ${object}') };
    await expect(checkRows(parts, 'rule.extra', [one, one])).rejects.toMatchObject({
      code: 'ContractInvalid',
    });
  });
});

describe('an operator', () => {
  const examples: [Expectation, number[], number[]][] = [
    [{ operator: 'mustBe', value: 1 }, [1], [0, 2]],
    [{ operator: 'mustNotBe', value: 1 }, [0, 2], [1]],
    [{ operator: 'mustBeGreaterThan', value: 1 }, [2], [0, 1]],
    [{ operator: 'mustBeGreaterOrEqualTo', value: 1 }, [1, 2], [0]],
    [{ operator: 'mustBeLessThan', value: 1 }, [0], [1, 2]],
    [{ operator: 'mustBeLessOrEqualTo', value: 1 }, [0, 1], [2]],
    [{ operator: 'mustBeBetween', low: 1, high: 3 }, [1, 2, 3], [0, 4]],
    [{ operator: 'mustNotBeBetween', low: 1, high: 3 }, [0, 4], [1, 2, 3]],
  ];
  it.each(examples.map((example) => [example[0].operator, ...example] as const))(
    '%s holds for the right numbers, and for nothing measured never',
    (_operator, expectation, right, wrong) => {
      expect(right.map((value) => meets(value, expectation))).not.toContain(false);
      expect([...wrong, null, NaN].map((value) => meets(value, expectation))).not.toContain(true);
      expect(describeExpectation(expectation)).toMatch(/^must (not )?be /);
    },
  );
});
