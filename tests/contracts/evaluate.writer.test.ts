import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import {
  Bool,
  DateDay,
  Float64,
  Int64,
  Table,
  tableToIPC,
  TimestampMicrosecond,
  Utf8,
  vectorFromArray,
  type DataType,
  type Vector,
} from 'apache-arrow';
import { Table as WasmTable, writeParquet } from 'parquet-wasm';
import { describe, expect, it } from 'vitest';
import type { Column } from '../../contracts/contract.ts';
import { evaluateContract } from '../../contracts/evaluate.ts';
import { loadContracts } from '../../contracts/load.ts';
import { cellOf, contractsFolder, failures, temporaryFolder } from './support.ts';

const day = Date.parse('2026-01-02T00:00:00Z');
const texts: Readonly<Record<string, string>> = {
  ticker_id: 'AAA',
  __batch_id: 'b1',
};

/** One value of a column, as the lake's writer would hand it over. */
function vectorOf(column: Column, source: string, resource: string, version: string): Vector<DataType> {
  const own = { source_id: source, __source_name: source, resource_id: resource, __schema_version: version };
  const text = { ...own, ...texts }[column.name];
  switch (column.logicalType) {
    case 'string':
      return vectorFromArray([text ?? ''], new Utf8());
    case 'date':
      return vectorFromArray([new Date(day)], new DateDay());
    case 'timestamp':
      return vectorFromArray([day], new TimestampMicrosecond('UTC'));
    case 'integer':
      return vectorFromArray([5n], new Int64());
    case 'number':
      // Ten units at a price of ten.
      return vectorFromArray(
        [['quote_volume', 'market_cap'].includes(column.name) ? 100 : 10],
        new Float64(),
      );
    case 'boolean':
      return vectorFromArray([true], new Bool());
  }
}

describe('a file of parquet-wasm, the writer of candidates', () => {
  const folder = temporaryFolder();
  it.each(
    [...loadContracts(contractsFolder).values()].map((contract) => [contract.dataset, contract] as const),
  )('has the columns and types that %s asks for', async (dataset, contract) => {
    const [source = '', resource = ''] = dataset.split('.');
    const vectors = contract.columns.map(
      (column) => [column.name, vectorOf(column, source, resource, contract.version)] as const,
    );
    const stream = tableToIPC(new Table(Object.fromEntries(vectors)), 'stream');
    const parquetPath = join(folder, `${dataset}.parquet`);
    writeFileSync(parquetPath, writeParquet(WasmTable.fromIPCStream(stream)));
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const verdict = await evaluateContract(connection, contract, { parquetPath, cell: cellOf(contract) });
    connection.closeSync();
    expect(failures(verdict)).toEqual([]);
    expect(verdict.outcome).toBe('passed');
  });
});
