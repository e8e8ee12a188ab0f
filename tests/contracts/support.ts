import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DuckDBConnection } from '@duckdb/node-api';
import { afterAll } from 'vitest';
import { duckdbTypes, type Contract } from '../../contracts/contract.ts';
import type { Check, Verdict } from '../../contracts/verdict.ts';
import type { CellKey } from '../../workflows/pure/cell.ts';

/** Where the project's contracts lie. */
export const contractsFolder = fileURLToPath(new URL('../../contracts/', import.meta.url));

/** Makes a folder that goes when the tests of a file, or of a `describe`, are over. Call it outside of tests. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'marketlake-contracts-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The cell that every row of `goodRow` belongs to. */
export function cellOf(contract: Contract): CellKey {
  return { dataset: contract.dataset, ticker: 'AAA', date: '2026-01-02' };
}

/** One row as SQL expressions, column → expression, in the file's order. */
export type SqlRow = Readonly<Record<string, string>>;

/** The volume of a good row is 100, and so are the supplies of a coin. */
const measures: SqlRow = {
  ...{ open: '10.0', high: '12.0', low: '9.0', close: '11.0', vwap: '10.5' },
  quote_volume: '1050.0',
  ...{ price: '11.0', market_cap: '1100.0', high_24h: '12.0', low_24h: '9.0' },
};

const moments: SqlRow = { TIMESTAMP_TZ: `'2026-01-02T00:00:01Z'`, DATE: `'2026-01-02'` };

/** A row that keeps every rule of a contract, warnings included. */
export function goodRow(contract: Contract): SqlRow {
  const [source = '', resource = ''] = contract.dataset.split('.');
  const texts: SqlRow = {
    source_id: `'${source}'`,
    resource_id: `'${resource}'`,
    ticker_id: `'AAA'`,
    bar_date: `'2026-01-02'`,
    __batch_id: `'b1'`,
    __source_name: `'${source}'`,
    __ingested_at: `'2026-01-03T00:00:01Z'`,
    __schema_version: `'${contract.version}'`,
  };
  return Object.fromEntries(
    contract.columns.map(({ name, physicalType }) => {
      const value = texts[name] ?? measures[name] ?? moments[physicalType] ?? '100';
      return [name, `(${value})::${duckdbTypes[physicalType]}`];
    }),
  );
}

/** Writes rows, which must have the same columns, as one Parquet file. */
export async function writeParquet(
  connection: DuckDBConnection,
  path: string,
  rows: readonly SqlRow[],
): Promise<string> {
  mkdirSync(dirname(path), { recursive: true });
  const selects = rows.map((row) => {
    const columns = Object.entries(row).map(([name, expression]) => `${expression} as "${name}"`);
    return `select ${columns.join(', ')}`;
  });
  const quoted = path.replaceAll("'", "''");
  await connection.run(
    `copy (${selects.join(' union all ')}) to '${quoted}' (format parquet, compression zstd)`,
  );
  return path;
}

/** A verdict's check by its rule. */
export function checkOf(verdict: Verdict, rule: string): Check {
  const check = verdict.checks.find((candidate) => candidate.rule === rule);
  if (!check) throw new Error(`no check ${rule} among ${verdict.checks.map(({ rule }) => rule).join(', ')}`);
  return check;
}

/** The rules of a verdict that did not pass. */
export function failures(verdict: Verdict): string[] {
  return verdict.checks.filter((check) => check.outcome === 'failed').map((check) => check.rule);
}

/** A small contract: the house's columns, a `price`, a `label` and what a test adds. */
export function contractText(
  parts: { tableRules?: string; price?: string; label?: string; root?: string } = {},
): string {
  const key = (name: string, type: string, physical: string, position: number): string =>
    `      - { name: ${name}, logicalType: ${type}, physicalType: ${physical}, required: true, primaryKey: true, primaryKeyPosition: ${position} }`;
  const lineage = (name: string, type: string, physical: string): string =>
    `      - { name: ${name}, logicalType: ${type}, physicalType: ${physical}, required: true }`;
  return [
    'apiVersion: v3.1.0',
    'kind: DataContract',
    'id: urn:test:demo.prices',
    'version: 1.2.3',
    'status: active',
    ...(parts.root === undefined ? [] : [parts.root]),
    'customProperties:',
    '  - { property: rowsPerCell, value: 1 }',
    '  - { property: emptyAnswer, value: failed }',
    'schema:',
    '  - name: prices',
    '    properties:',
    key('source_id', 'string', 'VARCHAR', 1),
    key('resource_id', 'string', 'VARCHAR', 2),
    key('ticker_id', 'string', 'VARCHAR', 3),
    key('bar_date', 'date', 'DATE', 4),
    '      - name: price',
    '        logicalType: number',
    '        physicalType: DOUBLE',
    ...(parts.price === undefined ? [] : [parts.price]),
    '      - name: label',
    '        logicalType: string',
    '        physicalType: VARCHAR',
    ...(parts.label === undefined ? [] : [parts.label]),
    lineage('__batch_id', 'string', 'VARCHAR'),
    lineage('__source_name', 'string', 'VARCHAR'),
    lineage('__ingested_at', 'timestamp', 'TIMESTAMP_TZ'),
    lineage('__schema_version', 'string', 'VARCHAR'),
    '    quality:',
    '      - { name: one_row, type: library, metric: rowCount, mustBe: 1, severity: error, dimension: coverage }',
    ...(parts.tableRules === undefined ? [] : [parts.tableRules]),
    '',
  ].join('\n');
}
