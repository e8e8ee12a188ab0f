import type { BatchRef } from '../../workflows/pure/run.ts';
import { LakeError } from '../lake-error.ts';
import { readSegment } from '../layout.ts';
import type { Store } from '../store.ts';
import { allArchives, keysInArchive } from './archives.ts';

const manifestPattern = /^staging\/source=([^/]+)\/ingestion_date=([^/]+)\/batch_id=([^/]+)\/manifest\.json$/;

/** A batch in an archive. */
export interface ArchivedBatch {
  readonly source: string;
  readonly batch: BatchRef;
}

/**
 * Goes through every batch that was packed away.
 * @throws LakeError `LakeDamaged` at an archive that cannot be read, unless such are to be left out.
 */
export async function* archivedBatches(
  store: Store,
  { isDamageSkipped = false } = {},
): AsyncGenerator<ArchivedBatch> {
  for (const archive of await allArchives(store)) {
    if (archive.group.kind !== 'staging') continue;
    const keys = await keysInArchive(store, archive).catch((error: unknown) => {
      if (isDamageSkipped && error instanceof LakeError) return [];
      throw error;
    });
    for (const key of keys ?? []) {
      const [source, ingestionDate, id] = manifestPattern.exec(key)?.slice(1).map(readSegment) ?? [];
      if (source && ingestionDate && id) yield { source, batch: { id, ingestionDate } };
    }
  }
}

/** Finds a batch among those packed away; undefined where it is not among them. */
export async function archivedBatchOf(
  store: Store,
  source: string,
  batchId: string,
): Promise<BatchRef | undefined> {
  for await (const found of archivedBatches(store))
    if (found.source === source && found.batch.id === batchId) return found.batch;
  return undefined;
}
