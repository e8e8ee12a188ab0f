import { describe, expect, it } from 'vitest';
import { ContractError } from '../../contracts/contract-error.ts';
import { parseContract } from '../../contracts/parse.ts';
import { contractText } from './support.ts';

/** Parses what must be refused, and returns the refusal. */
function refusalOf(text: string): ContractError {
  try {
    parseContract(text, 'demo.odcs.yaml');
  } catch (error) {
    if (error instanceof ContractError) return error;
    throw error;
  }
  throw new Error('the contract was accepted');
}

/** The line, counted from 1, on which a text stands. */
function lineOf(text: string, part: string): number {
  return text.slice(0, text.indexOf(part)).split('\n').length;
}

const tolerance = (value: number): string => `  - { property: priceTolerancePct, value: ${value} }`;
const sqlRule = (query: string): string =>
  `      - { name: extra, type: sql, query: '${query}', mustBe: 0, severity: error, dimension: accuracy }`;
const tableRule = (facts: string): string =>
  `      - { name: extra, type: library, severity: error, dimension: accuracy, ${facts} }`;
const columnRule = (facts: string): string =>
  `        quality: [{ name: extra, type: library, severity: error, dimension: accuracy, ${facts} }]`;

describe('a contract that says only what is known', () => {
  it.each([
    ['{ property: freshness, value: 2, unit: d }', 2],
    ['{ property: freshness, value: 36, unit: h }', 1.5],
    ['{ property: retention, value: 10, unit: y }', null],
  ])('promises freshness in days: %s', (promise, days) => {
    const contract = parseContract(contractText({ root: `slaProperties: [${promise}]` }), 'demo.odcs.yaml');
    expect(contract.freshnessDays).toBe(days);
  });

  it.each([
    '{ property: freshness, value: soon }',
    '{ property: freshness, value: 0 }',
    '{ property: freshness, value: 1, unit: y }',
  ])('does not promise freshness as %s', (promise) => {
    const text = contractText({ root: `slaProperties: [${promise}]` });
    expect(() => parseContract(text, 'demo.odcs.yaml')).toThrow(
      /freshness is a number above 0 in the unit d or h/,
    );
  });

  it('becomes columns, rules and what the house needs to know', () => {
    const text = contractText({
      price:
        '        logicalTypeOptions: { exclusiveMinimum: 0 }\n        customProperties: [{ property: unit, value: USD }]',
      tableRules: '      - { type: text, description: Prices are as they were traded. }',
    });
    const contract = parseContract(text, 'demo.odcs.yaml');
    expect(contract).toMatchObject({
      dataset: 'demo.prices',
      version: '1.2.3',
      table: 'prices',
      primaryKey: ['source_id', 'resource_id', 'ticker_id', 'bar_date'],
      textRuleCount: 1,
      rowsPerCell: 1,
      emptyAnswer: 'failed',
      priceTolerancePct: 1,
      fixing: null,
      freshnessDays: null,
    });
    expect(contract.columns.find((column) => column.name === 'price')).toEqual({
      name: 'price',
      logicalType: 'number',
      physicalType: 'DOUBLE',
      required: false,
      unique: false,
      limits: [{ kind: 'exclusiveMinimum', value: 0 }],
      unit: 'USD',
    });
    expect(contract.rules).toEqual([
      {
        name: 'one_row',
        metric: 'rowCount',
        severity: 'error',
        dimension: 'coverage',
        expectation: { operator: 'mustBe', value: 1 },
        line: lineOf(text, 'name: one_row'),
      },
    ]);
  });
});

describe('an unknown key is named with its line', () => {
  const cases: [string, string, string][] = [
    ['of the file', contractText({ root: 'servrs: []' }), 'servrs'],
    [
      'of the table',
      contractText().replace('    quality:', '    strictness: high\n    quality:'),
      'strictness',
    ],
    ['of a column', contractText({ price: '        requird: true' }), 'requird'],
    ['of a type option', contractText({ price: '        logicalTypeOptions: { minimun: 1 }' }), 'minimun'],
    ['of a custom property', contractText().replace('value: 1 }', 'value: 1, unti: x }'), 'unti'],
    [
      'of a library rule',
      contractText({ tableRules: tableRule('metric: rowCount, mustBe: 1, treshold: 2') }),
      'treshold',
    ],
    [
      'of a rule of a column',
      contractText({ price: columnRule('metric: nullValues, mustBe: 0, schedul: daily') }),
      'schedul',
    ],
    [
      'of a sql rule',
      contractText({
        tableRules: sqlRule('select count(*) from ${object}').replace('mustBe', 'engine: x, mustBe'),
      }),
      'engine',
    ],
    [
      'of a text rule',
      contractText({ tableRules: '      - { type: text, description: Fine., engine: soda }' }),
      'engine',
    ],
    [
      'of an argument',
      contractText({ price: columnRule('metric: invalidValues, mustBe: 0, arguments: { validValue: [1] }') }),
      'validValue',
    ],
  ];
  it.each(cases)('%s', (_where, text, key) => {
    const error = refusalOf(text);
    expect(error.code).toBe('ContractInvalid');
    expect(error.message).toContain(`demo.odcs.yaml:${lineOf(text, `${key}:`)}:`);
    expect(error.message).toContain(`unknown key "${key}"`);
  });

  it('and every one of several has a line of its own', () => {
    const text = contractText({ root: 'servrs: []\nownr: nobody', price: '        requird: true' });
    const { message } = refusalOf(text);
    for (const key of ['servrs', 'ownr', 'requird']) {
      expect(message).toContain(`demo.odcs.yaml:${lineOf(text, key)}:`);
    }
  });
});

describe('a word that is nearly right is answered with the right one', () => {
  const cases: [string, string, string][] = [
    [
      'an operator',
      contractText({ tableRules: tableRule('metric: rowCount, mustBeGreatrThan: 0') }),
      'mustBeGreaterThan',
    ],
    ['a metric', contractText({ tableRules: tableRule('metric: rowCont, mustBe: 0') }), 'rowCount'],
    ['a severity', contractText().replace('severity: error', 'severity: eror'), 'error'],
    ['a dimension', contractText().replace('dimension: coverage', 'dimension: covrage'), 'coverage'],
    ['a type', contractText().replace('logicalType: number', 'logicalType: numbr'), 'number'],
    ['a placeholder', contractText({ tableRules: sqlRule('select count(*) from ${objct}') }), 'object'],
    [
      'a column',
      contractText({
        tableRules: tableRule('metric: duplicateValues, mustBe: 0, arguments: { properties: [pric] }'),
      }),
      'price',
    ],
  ];
  it.each(cases)('%s', (_what, text, meant) => {
    expect(refusalOf(text).message).toContain(`did you mean "${meant}"?`);
  });
});

describe('a contract is refused', () => {
  const cases: [string, string, RegExp][] = [
    [
      'without any operator',
      contractText({ tableRules: tableRule('metric: rowCount') }),
      /exactly one operator.*none/,
    ],
    [
      'with two operators',
      contractText({ tableRules: tableRule('metric: rowCount, mustBe: 1, mustBeLessThan: 2') }),
      /mustBe and mustBeLessThan/,
    ],
    [
      'with a range upside down',
      contractText({ tableRules: tableRule('metric: rowCount, mustBeBetween: [2, 1]') }),
      /smaller number first/,
    ],
    [
      'with an operator that is no number',
      contractText({ tableRules: tableRule('metric: rowCount, mustBe: "1"') }),
      /expected number/,
    ],
    [
      'with a share of the rows',
      contractText({ tableRules: tableRule('metric: rowCount, mustBe: 1, unit: percent') }),
      /percent/,
    ],
    [
      'with a rule of another tool',
      contractText({ tableRules: '      - { type: custom, engine: soda }' }),
      /library, sql, text/,
    ],
    [
      'with a rule without a type',
      contractText({ tableRules: '      - { metric: rowCount, mustBe: 1 }' }),
      /library, sql, text/,
    ],
    [
      'with a rule without a severity',
      contractText().replace('severity: error, ', ''),
      /severity: this key is missing/,
    ],
    [
      'with two rules of one name',
      contractText({ tableRules: tableRule('metric: rowCount, mustBe: 1').replace('extra', 'one_row') }),
      /two rules/,
    ],
    ['with two columns of one name', contractText().replace('name: label', 'name: price'), /two columns/],
    ['with a key given twice', contractText({ root: 'version: 2.0.0' }), /unique/],
    ['with YAML that cannot be read', 'a: [1', /demo\.odcs\.yaml:1:/],
    ['with a version that is a number', contractText().replace('1.2.3', '1.2'), /version: expected string/],
    ['of another standard', contractText().replace('v3.1.0', 'v2.2.2'), /apiVersion/],
    [
      'with an id without a dataset',
      contractText().replace('urn:test:demo.prices', 'urn:test:demo'),
      /source\.resource/,
    ],
    [
      'with a type stored as another',
      contractText().replace('physicalType: DOUBLE', 'physicalType: BIGINT'),
      /a number is stored as DOUBLE/,
    ],
    [
      'with a limit on a text',
      contractText({ label: '        logicalTypeOptions: { minimum: 1 }' }),
      /limits/,
    ],
    [
      'with a pattern on a number',
      contractText({ price: '        logicalTypeOptions: { pattern: "^a$" }' }),
      /pattern/,
    ],
    [
      'with a broken pattern',
      contractText({ label: '        logicalTypeOptions: { pattern: "(" }' }),
      /regular expression/,
    ],
    [
      'with a nullable key',
      contractText().replace('required: true, primaryKey', 'required: false, primaryKey'),
      /primary key must be required/,
    ],
    [
      'without the columns of the house',
      contractText().replace('name: ticker_id', 'name: symbol'),
      /first columns must be/,
    ],
    [
      'with lineage in another place',
      contractText().replace('name: __batch_id', 'name: batch'),
      /last columns must be/,
    ],
    [
      'without a rule on the number of rows',
      contractText().replace('mustBe: 1, severity', 'mustBe: 2, severity'),
      /rowCount/,
    ],
    [
      'where that rule only warns',
      contractText().replace(
        'severity: error, dimension: coverage',
        'severity: warning, dimension: coverage',
      ),
      /rowCount/,
    ],
    [
      'whose cells hold at least one row, and whose rule wants just one',
      contractText().replace('rowsPerCell, value: 1', 'rowsPerCell, value: at least 1'),
      /mustBeGreaterOrEqualTo: 1, as rowsPerCell says/,
    ],
    [
      'with rowsPerCell given twice',
      contractText().replace('property: emptyAnswer, value: failed', 'property: rowsPerCell, value: 1'),
      /found 2/,
    ],
    [
      'that gives a tolerance twice',
      contractText().replace('customProperties:', `customProperties:${`\n${tolerance(2)}`.repeat(2)}`),
      /priceTolerancePct must be given once, found 2/,
    ],
    [
      'with a tolerance that nothing could keep',
      contractText().replace('customProperties:', `customProperties:\n${tolerance(0)}`),
      /value: Too small/,
    ],
    [
      'with a fixing of two lines',
      contractText().replace(
        'customProperties:',
        'customProperties:\n  - { property: fixing, value: "a\\nb" }',
      ),
      /value: /,
    ],
    [
      'with another custom property',
      contractText().replace('property: emptyAnswer', 'property: emptyAnser'),
      /unknown custom property/,
    ],
    [
      'with a query of no table',
      contractText({ tableRules: sqlRule('select 0') }),
      /must read from \$\{object\}/,
    ],
    [
      'with two statements',
      contractText({ tableRules: sqlRule('select 0; drop table ${object}') }),
      /one SELECT/,
    ],
    [
      'with a statement that is no SELECT',
      contractText({ tableRules: sqlRule('delete from ${object}') }),
      /one SELECT/,
    ],
    [
      'with ${property} on a table',
      contractText({ tableRules: sqlRule('select count(${property}) from ${object}') }),
      /unknown placeholder/,
    ],
    [
      'with rowCount on a column',
      contractText({ price: columnRule('metric: rowCount, mustBe: 1') }),
      /belongs under the table/,
    ],
    [
      'with nullValues on a table',
      contractText({ tableRules: tableRule('metric: nullValues, mustBe: 0') }),
      /belongs under a column/,
    ],
    [
      'with duplicateValues of nothing',
      contractText({ tableRules: tableRule('metric: duplicateValues, mustBe: 0') }),
      /arguments\.properties/,
    ],
    [
      'with missingValues of nothing',
      contractText({ price: columnRule('metric: missingValues, mustBe: 0') }),
      /arguments\.missingValues/,
    ],
    [
      'with invalidValues of nothing',
      contractText({ price: columnRule('metric: invalidValues, mustBe: 0') }),
      /either/,
    ],
    [
      'with an argument of another metric',
      contractText({ price: columnRule('metric: nullValues, mustBe: 0, arguments: { pattern: x }') }),
      /takes no argument pattern/,
    ],
  ];
  it.each(cases)('%s', (_why, text, message) => {
    const error = refusalOf(text);
    expect(error.code).toBe('ContractInvalid');
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/demo\.odcs\.yaml:\d+:\d+: /);
  });
});
