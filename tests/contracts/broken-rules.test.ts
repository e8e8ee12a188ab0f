import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Contract } from '../../contracts/contract.ts';
import { columnsUnread, brokenRules, offendersAmong } from '../../contracts/broken-rules.ts';
import { evaluateContract } from '../../contracts/evaluate.ts';
import { parseContract } from '../../contracts/parse.ts';
import type { AuditSubject } from '../../contracts/subject.ts';
import { addDays } from '../../workflows/pure/cell.ts';
import { contractsFolder, goodRow, temporaryFolder, writeParquet, type SqlRow } from './support.ts';

const file = join(contractsFolder, 'massive.daily_bars.odcs.yaml');
/** With a rule whose query is its own, and one that compares the rows of a file with each other. */
const contract: Contract = parseContract(
  readFileSync(file, 'utf8').replace(
    '    quality:\n',
    `    quality:
      - { name: spread_small, type: sql, query: 'select max(high) - min(low) from \${object}', mustBeLessThan: 5, severity: error, dimension: accuracy }
      - { name: closes_differ, type: library, metric: duplicateValues, arguments: { properties: [close] }, mustBe: 0, severity: warning, dimension: uniqueness }
`,
  ),
  file,
);
const folder = temporaryFolder();
let connection: DuckDBConnection;
let subjects: AuditSubject[];

const good = goodRow(contract);
/** Cells that break nothing, one rule, several, a rule of every kind, or what has nothing to do with rules. */
const cells: readonly (readonly SqlRow[])[] = [
  [good],
  [{ ...good, low: '13.0::double' }],
  [{ ...good, close: 'null::double', volume: '-1.0::double' }],
  [{ ...good, high: '40.0::double' }],
  [good, good],
  [good, { ...good, close: '10.0::double' }],
  [{ ...good, ticker_id: `'OTHER'` }],
  [{ ...good, close: `'nan'::double` }],
  [{ ...good, volume: '0.0::double', vwap: 'null::double' }],
];

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  subjects = await Promise.all(
    cells.map(async (rows, index) => {
      const date = addDays('2026-01-02', index);
      const dated = rows.map((row) => ({ ...row, bar_date: `date '${date}'` }));
      const parquetPath = await writeParquet(
        connection,
        join(folder, `it's [${index}]`, 'data.parquet'),
        dated,
      );
      return { parquetPath, cell: { dataset: contract.dataset, ticker: 'AAA', date } };
    }),
  );
});
afterAll(() => connection.closeSync());

describe('many files held against a contract at once', () => {
  it('break the very rules, by the very numbers, that each breaks alone', async () => {
    const together = await brokenRules(connection, contract, subjects);
    expect(together[0]?.broken).toEqual([]);
    for (const [index, subject] of subjects.entries()) {
      const alone = await evaluateContract(connection, contract, subject);
      const broken = alone.checks
        .filter(({ outcome }) => outcome === 'failed')
        .map(({ rule, severity, expected, measured }) => ({ rule, severity, expected, measured }));
      const byRule = (left: { rule: string }, right: { rule: string }): number =>
        left.rule < right.rule ? -1 : 1;
      expect([...(together[index]?.broken ?? [])].sort(byRule)).toEqual(broken.sort(byRule));
    }
    expect(together.filter(({ broken }) => broken.length > 0)).toHaveLength(cells.length - 1);
  });

  it('are judged as if they had been written under its version', async () => {
    const next = { ...contract, version: '9.0.0' };
    expect((await brokenRules(connection, next, subjects.slice(0, 1)))[0]?.broken).toEqual([]);
  });

  it('tell what offends, of one cell only', async () => {
    await brokenRules(connection, contract, subjects);
    const cell = subjects[1]?.cell;
    if (!cell) throw new Error('no cell');
    const rows = await offendersAmong(connection, contract, cell, 1, 'rule.low_not_above_high');
    expect(rows).toMatchObject([{ bar_date: cell.date, low: '13.0', high: '12.0' }]);
  });

  it('must have the columns that it names', async () => {
    const [column] = contract.columns;
    if (!column) throw new Error('no column');
    const columns = [...contract.columns, { ...column, name: 'otc' }];
    expect(await columnsUnread(connection, { ...contract, columns }, subjects[0]?.parquetPath ?? '')).toEqual(
      ['otc'],
    );
    const retyped = contract.columns.map((each) =>
      each.name === 'volume' ? { ...each, physicalType: 'BIGINT' as const } : each,
    );
    expect(
      await columnsUnread(connection, { ...contract, columns: retyped }, subjects[0]?.parquetPath ?? ''),
    ).toEqual(['volume']);
  });
});
