import { fileRelation } from '../../contracts/subject.ts';
import { openFileReader } from '../../lake/file-reader.ts';

/** Reads the close out of a cell's Parquet file; undefined where it has none, or is no such file. */
export async function closeInFile(path: string): Promise<number | undefined> {
  const instance = await openFileReader();
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(`select close from ${fileRelation(path)}`);
    const value = reader.getRowsJS()[0]?.[0];
    return typeof value === 'number' ? value : undefined;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
