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
  type Data,
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
 * Encodes rows as one Parquet file of one row group. All metadata is one JSON value under one key:
 * with several the writer's hash map would order them differently from run to run. The same rows, columns
 * and metadata give the same bytes.
 */
export function encodeParquet(
  columns: readonly ParquetColumn[],
  rows: readonly Readonly<Record<string, ParquetValue>>[],
  metadata: unknown,
): Uint8Array {
  const told = columns.map((column) => {
    const values = rows.map((row) => row[column.name] ?? null);
    return { ...column, type: storedType(column.type, values), values };
  });
  const fields = told.map(({ name, type, nullable }) => new Field(name, arrowType(type), nullable));
  const children = told.map(({ type, values }) => columnData(type, values));
  const schema = new Schema(fields);
  const data = makeData({ type: new Struct(fields), length: rows.length, nullCount: 0, children });
  const table = WasmTable.fromIPCStream(
    tableToIPC(new Table(schema, new RecordBatch(schema, data)), 'stream'),
  );
  const properties = new WriterPropertiesBuilder()
    // A cell has a row or a few: dictionaries and compression make its file larger and slower, both ways.
    .setCompression(Compression.UNCOMPRESSED)
    .setDictionaryEnabled(false)
    .setCreatedBy(writerVersion)
    .setKeyValueMetadata(new Map([['marketlake', canonicalJson(metadata)]]))
    .build();
  return writeParquet(table, properties);
}

/**
 * A count that is no whole number, or beyond what doubles count exactly, is kept as the number that the source said:
 * a column of integers would wrap it into another count, or hold nothing. The audit refuses the column's type.
 */
function storedType(type: LogicalType, values: readonly ParquetValue[]): LogicalType {
  const isExact = (value: ParquetValue): boolean => value === null || Number.isSafeInteger(Number(value));
  return type === 'integer' && !values.every(isExact) ? 'number' : type;
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

/** Lays one column out as Arrow has it in memory; a file of one row is not worth Arrow's builders. */
function columnData(type: LogicalType, values: readonly ParquetValue[]): Data {
  const nullBitmap = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, index) => {
    if (value !== null) setBit(nullBitmap, index);
  });
  const nullCount = values.filter((value) => value === null).length;
  const common = { length: values.length, nullCount, nullBitmap };
  const big = (read: (value: string | number) => bigint): BigInt64Array =>
    BigInt64Array.from(values, (value) => (value === null ? 0n : read(value)));
  switch (type) {
    case 'string':
      return makeData({ type: new Utf8(), ...common, ...textData(values) });
    case 'number':
      return makeData({ type: new Float64(), ...common, data: Float64Array.from(values, Number) });
    case 'integer':
      return makeData({ type: new Int64(), ...common, data: big(BigInt) });
    case 'date':
      return makeData({ type: new DateDay(), ...common, data: Int32Array.from(values, dayNumber) });
    case 'timestamp':
      return makeData({
        type: new TimestampMicrosecond('UTC'),
        ...common,
        data: big((value) => BigInt(Date.parse(String(value))) * 1_000n),
      });
    case 'boolean':
      return makeData({ type: new Bool(), ...common, data: bitsOf(values.map((value) => value === 'true')) });
  }
}

function textData(values: readonly ParquetValue[]): { valueOffsets: Int32Array; data: Uint8Array } {
  const texts = values.map((value) => Buffer.from(value === null ? '' : String(value), 'utf8'));
  const valueOffsets = new Int32Array(values.length + 1);
  texts.forEach((text, index) => {
    valueOffsets[index + 1] = (valueOffsets[index] ?? 0) + text.byteLength;
  });
  return { valueOffsets, data: new Uint8Array(Buffer.concat(texts)) };
}

/** Days since 1970-01-01. */
function dayNumber(value: ParquetValue): number {
  return value === null ? 0 : midnightUtcMs(String(value)) / 86_400_000;
}

function bitsOf(flags: readonly boolean[]): Uint8Array {
  const bits = new Uint8Array(Math.ceil(flags.length / 8));
  flags.forEach((flag, index) => {
    if (flag) setBit(bits, index);
  });
  return bits;
}

/** Arrow counts bits from the lowest of each byte. */
function setBit(bits: Uint8Array, index: number): void {
  bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
}
