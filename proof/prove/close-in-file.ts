import { fileRelation } from '../../contracts/subject.ts';
import { openFileReader } from '../../lake/file-reader.ts';

/** The columns that hold a cell's price: the close of its day, or the price at the instant of a snapshot. */
const priceColumns = ['close', 'price'] as const;

/** The price of a cell, by the name of its column. */
export interface PriceInFile {
  readonly name: (typeof priceColumns)[number];
  /** Undefined where the file has none. */
  readonly value: number | undefined;
}

/** Reads the price out of a cell's Parquet file. */
export async function priceInFile(path: string): Promise<PriceInFile> {
  const instance = await openFileReader();
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(`select * from ${fileRelation(path)}`);
    const row = reader.getRowObjectsJS()[0] ?? {};
    const name = priceColumns.find((column) => column in row) ?? 'close';
    const value = row[name];
    return { name, value: typeof value === 'number' ? value : undefined };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
