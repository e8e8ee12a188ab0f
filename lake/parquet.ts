import {
  Bool,
  DateDay,
  Float64,
  Int64,
  RecordBatch,
  Schema,
  Field,
  Struct,
  Table,
  TimestampMicrosecond,
  Utf8,
  makeData,
  tableToIPC,
  vectorFromArray,
  type DataType,
} from 'apache-arrow';
import { Compression, Table as WasmTable, WriterPropertiesBuilder, writeParquet } from 'parquet-wasm';
import type { LogicalType } from '../contracts/contract.ts';
import { midnightUtcMs } from '../workflows/pure/cell.ts';
import { canonicalJson } from './json.ts';

/** One column of a file to be written. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: LogicalType;
  readonly nullable: boolean;
}

/** A value as rows carry it: dates as `YYYY-MM-DD`, instants as ISO text with a zone. */
export type ParquetValue = string | number | null;

/** Names the writer; files made by another version have other bytes but the same rows. */
export const writerVersion = 'parquet-wasm 0.8.0';

/**
 * Encodes rows as one Parquet file (zstd, one row group). All metadata is one JSON value under one key:
 * with several the writer's hash map would order them differently from run to run. The same rows, columns
 * and metadata give the same bytes.
 */
export function encodeParquet(
  columns: readonly ParquetColumn[],
  rows: readonly Readonly<Record<string, ParquetValue>>[],
  metadata: unknown,
): Uint8Array {
  const fields = columns.map((column) => new Field(column.name, arrowType(column.type), column.nullable));
  const children = columns.map((column) => {
    const values = rows.map((row) => arrowValue(column, row[column.name] ?? null));
    const data = vectorFromArray(values as never[], arrowType(column.type)).data[0];
    if (!data) throw new RangeError(`Column ${column.name} has no rows to write`);
    return data;
  });
  const schema = new Schema(fields);
  const data = makeData({ type: new Struct(fields), length: rows.length, nullCount: 0, children });
  const table = WasmTable.fromIPCStream(
    tableToIPC(new Table(schema, new RecordBatch(schema, data)), 'stream'),
  );
  const properties = new WriterPropertiesBuilder()
    .setCompression(Compression.ZSTD)
    .setCreatedBy(writerVersion)
    .setKeyValueMetadata(new Map([['marketlake', canonicalJson(metadata).trimEnd()]]))
    .build();
  return writeParquet(table, properties);
}

function arrowType(type: LogicalType): DataType {
  switch (type) {
    case 'string':
      return new Utf8();
    case 'number':
      return new Float64();
    case 'integer':
      return new Int64();
    case 'date':
      return new DateDay();
    case 'timestamp':
      return new TimestampMicrosecond('UTC');
    case 'boolean':
      return new Bool();
  }
}

function arrowValue(column: ParquetColumn, value: ParquetValue): unknown {
  if (value === null) return null;
  switch (column.type) {
    case 'string':
      return String(value);
    case 'number':
      return Number(value);
    case 'integer':
      return BigInt(value);
    case 'date':
      return new Date(midnightUtcMs(String(value)));
    case 'timestamp':
      return Date.parse(String(value));
    case 'boolean':
      return value === 'true';
  }
}
