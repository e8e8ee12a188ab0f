import { archivedBatches } from '../../lake/archive/archived-batches.ts';
import { readKept } from '../../lake/archive/archives.ts';
import { readManifest } from '../../lake/batches.ts';
import { keysIn } from '../../lake/cells-with-records.ts';
import { checksumOf } from '../../lake/checked-json.ts';
import { sha256 } from '../../lake/json.ts';
import { stagingFolder } from '../../lake/layout.ts';
import type { Store } from '../../lake/store.ts';
import { splitDataset } from '../../workflows/pure/cell.ts';
import type { BatchRef } from '../../workflows/pure/run.ts';
import { orWords } from '../or-words.ts';
import { damage, type Finding } from './finding.ts';

/** A sealed batch, by where it lies. */
export interface StagedBatch {
  readonly source: string;
  readonly batch: BatchRef;
}

/** Goes through every batch in staging, then through those that were packed away into archives that can be read. */
export async function* stagedBatches(store: Store): AsyncGenerator<StagedBatch> {
  for (const source of await keysIn(store, 'staging', 'source')) {
    for (const day of await keysIn(store, source.folder, 'ingestion_date')) {
      for (const { value: id } of await keysIn(store, day.folder, 'batch_id'))
        yield { source: source.value, batch: { id, ingestionDate: day.value } };
    }
  }
  for await (const packed of archivedBatches(store, { isDamageSkipped: true })) {
    const folder = stagingFolder(packed.source, packed.batch.ingestionDate, packed.batch.id);
    // A batch of which a part still lies in its folder came above.
    if ((await store.namesIn(folder)).length === 0) yield packed;
  }
}

/** Checks one batch: its manifest, the hash of every page, and that there is nothing else. */
export async function checkBatch(store: Store, { source, batch }: StagedBatch): Promise<Finding[]> {
  const folder = stagingFolder(source, batch.ingestionDate, batch.id);
  const manifestFile = `${folder}/manifest.json`;
  const broken = (kind: 'missing' | 'altered' | 'disagrees', found: string): Finding[] => [
    damage(kind, manifestFile, 'the manifest as it was sealed', found, 'staging'),
  ];
  const kept = await orWords(readKept(store, manifestFile));
  if (typeof kept === 'string') return broken('altered', kept);
  if (!kept) return broken('missing', 'no file');
  const { bytes } = kept;
  const manifest = (await orWords(readManifest(store, source, batch))) ?? 'no file';
  if (typeof manifest === 'string') return broken('altered', manifest);
  if (checksumOf(bytes) !== 'right') return broken('altered', 'no checksum');
  const isOther = manifest.batchId !== batch.id || splitDataset(manifest.dataset).source !== source;
  const findings = isOther ? broken('disagrees', `the manifest of ${manifest.batchId}`) : [];
  for (const page of manifest.pages)
    findings.push(...(await checkPage(store, `${folder}/${page.file}`, page)));
  const known = new Set(['manifest.json', ...manifest.pages.map(({ file }) => file)]);
  for (const name of await store.namesIn(folder))
    if (!known.has(name))
      findings.push(
        damage('foreign', `${folder}/${name}`, 'the pages of the manifest only', 'another file', 'staging'),
      );
  return findings;
}

async function checkPage(
  store: Store,
  path: string,
  page: { readonly sha256: string; readonly sizeBytes: number },
): Promise<Finding[]> {
  const kept = await orWords(readKept(store, path));
  const expected = `${page.sizeBytes} bytes, sha256 ${page.sha256}`;
  if (typeof kept === 'string') return [damage('altered', path, expected, kept, 'staging')];
  const bytes = kept?.bytes;
  if (bytes && sha256(bytes) === page.sha256) return [];
  if (!bytes) return [damage('missing', path, expected, 'no file', 'staging')];
  const kind = bytes.byteLength < page.sizeBytes ? 'truncated' : 'altered';
  return [damage(kind, path, expected, `${bytes.byteLength} bytes, sha256 ${sha256(bytes)}`, 'staging')];
}
