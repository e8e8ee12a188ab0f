import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { joinParts, type CsvPart } from './csv-parts.ts';
import { SourceError } from './source-error.ts';

const filesAtMost = 10_000;

/** A folder of csv files, and how one of them is read. */
export interface CsvFolder {
  readonly path: string;
  /** Its path below the csv folder, for messages and for the names of its files. */
  readonly name: string;
  read(name: string, maxBytes: number): Promise<Uint8Array>;
}

/**
 * Reads all `.csv` and `.csv.gz` of a folder, in the order of their names, as one answer of bounded size. What
 * else lies there, hidden files and further folders too, is left alone.
 * @throws SourceError where there is none, there are too many, or one comes, goes or changes meanwhile.
 */
export async function readFolder(folder: CsvFolder, maxBytes: number): Promise<Uint8Array> {
  const before = await stateOf(folder);
  const parts: CsvPart[] = [];
  let bytesLeft = maxBytes;
  for (const { name } of before) {
    const body = await folder.read(name, bytesLeft);
    bytesLeft -= body.byteLength;
    parts.push({ file: `${folder.name}/${name}`, body });
  }
  if (JSON.stringify(await stateOf(folder)) !== JSON.stringify(before)) {
    const found = 'its files changed while they were read';
    throw new SourceError('SourceUnavailable', `${whatOf(folder)}: ${found}. They are read again.`);
  }
  return joinParts(parts);
}

function whatOf({ name }: CsvFolder): string {
  return `Reading the csv folder ${name}`;
}

async function stateOf(folder: CsvFolder): Promise<{ name: string; size: number; mtimeMs: number }[]> {
  const { path } = folder;
  const names = (await readdir(path)).filter((name) => /^[^.].*\.csv(\.gz)?$/i.test(name)).sort();
  const refuse = (found: string): SourceError =>
    new SourceError('RequestRefused', `${whatOf(folder)}: ${found}`);
  if (names.length === 0) throw refuse('it holds no .csv and no .csv.gz. Put the files into it.');
  if (names.length > filesAtMost)
    throw refuse(`it holds ${names.length} files, more than ${filesAtMost}. Join some of them.`);
  return Promise.all(
    names.map(async (name) => {
      const { size, mtimeMs } = await stat(join(path, name));
      return { name, size, mtimeMs };
    }),
  );
}
