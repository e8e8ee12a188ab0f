import { z } from 'zod';
import { keysIn } from './cells-with-records.ts';
import { checksumOf } from './checked-json.ts';
import { tryParseJson } from './json.ts';
import { compactFile, compactPartsFile } from './layout.ts';
import { hashOf } from './promise.ts';
import type { Store } from './store.ts';
import { datasetId, type DatasetId } from '../workflows/pure/cell.ts';

const partsSchema = z.object({
  file: z.string(),
  sha256: z.string(),
  contractVersion: z.string(),
  parts: z.array(z.object({ date: z.string(), number: z.number(), sha256: z.string() })),
});

/** What a compact file is made of: which publication of which day, by the hash of its file. */
export type CompactParts = Readonly<z.infer<typeof partsSchema>>;

/**
 * A Parquet file with the rows of many published files, each with the hash of the file it comes from
 * (`__part_sha256`).
 */
export interface CompactedFile {
  readonly path: string;
  /** Of all its rows: files of one version share a schema. */
  readonly contractVersion: string;
}

/** The compact files of a lake that are what was written, by dataset. */
export type CompactedFiles = ReadonlyMap<DatasetId, readonly CompactedFile[]>;

/**
 * Finds the compact files of a lake. One that is not what the list of its parts says is told of and left aside: all
 * that it holds lies in bronze too.
 */
export async function findCompacted(
  store: Store,
  onIgnored: (sentence: string) => void,
): Promise<CompactedFiles> {
  const found = new Map<DatasetId, CompactedFile[]>();
  for await (const { dataset, file } of compactFiles(store)) {
    // Somebody may be writing it anew this moment: file first, then its parts.
    const parts = (await wholeParts(store, file)) ?? (await wholeParts(store, file));
    if (!parts) {
      onIgnored(
        `${store.pathOf(file)} is not what was written: its cells are read from bronze. npx tsx client/compact.ts makes it anew.`,
      );
      continue;
    }
    const files = found.get(dataset) ?? [];
    found.set(dataset, files);
    files.push({ path: store.pathOf(file), contractVersion: parts.contractVersion });
  }
  return found;
}

/** Goes through every file that lies where a compact file does. */
export async function* compactFiles(
  store: Store,
): AsyncGenerator<{ readonly dataset: DatasetId; readonly file: string }> {
  for (const source of await keysIn(store, 'compact', 'source')) {
    for (const resource of await keysIn(store, source.folder, 'resource')) {
      const dataset = datasetId(source.value, resource.value);
      for (const { folder, value: ticker } of await keysIn(store, resource.folder, 'ticker')) {
        for (const name of (await store.namesIn(folder)).sort()) {
          const year = /^year=(\d{4})\.parquet$/.exec(name)?.[1];
          if (year !== undefined) yield { dataset, file: compactFile({ dataset, ticker }, Number(year)) };
        }
      }
    }
  }
}

/** The parts of a compact file; undefined where file and list do not belong together. */
export async function wholeParts(store: Store, file: string): Promise<CompactParts | undefined> {
  const bytes = await store.get(compactPartsFile(file));
  if (!bytes || checksumOf(bytes) !== 'right') return undefined;
  const { data: parts } = partsSchema.safeParse(tryParseJson(bytes));
  return parts?.file === file && (await hashOf(store, file)) === parts.sha256 ? parts : undefined;
}
