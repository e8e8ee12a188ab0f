import { askedOn } from '../lake/asked-on.ts';
import { tickerOfMember } from '../sources/snapshot.ts';
import { splitDataset, type DatasetId } from '../workflows/pure/cell.ts';
import type { Member } from '../workflows/pure/lot.ts';
import type { BatchRef } from '../workflows/pure/run.ts';
import { datasetParts, type ActivityDeps } from './deps.ts';

/** Reads who is in a staged snapshot, in rank order: the tickers of its cells, and the source's own ids. */
export async function readMembers(
  deps: ActivityDeps,
  { dataset, batch }: { readonly dataset: DatasetId; readonly batch: BatchRef },
): Promise<Member[]> {
  const { ids } = await snapshotFacts(deps, dataset, batch);
  return ids.map((symbol) => ({ ticker: tickerOfMember(symbol), symbol }));
}

/** What a staged snapshot says of itself: asked for, found in rank order, and found more than once. */
export interface SnapshotFacts {
  readonly ids: readonly string[];
  readonly repeated: readonly string[];
}

/**
 * Finds the members of a staged snapshot in its pages.
 * @throws RangeError where the dataset is no snapshot.
 */
export async function snapshotFacts(
  deps: Pick<ActivityDeps, 'batches' | 'sources' | 'contracts'>,
  dataset: DatasetId,
  batch: BatchRef,
): Promise<SnapshotFacts> {
  const { resource } = datasetParts(deps, dataset);
  if (!resource.membersOf)
    throw new RangeError(`Dataset ${dataset} is no snapshot: take it out of "snapshots".`);
  const { manifest, pages } = await deps.batches.read(splitDataset(dataset).source, batch);
  return resource.membersOf(pages, askedOn(manifest.ask, batch.ingestionDate));
}
