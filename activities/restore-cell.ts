import { sha256 } from '../lake/json.ts';
import { bronzeFile } from '../lake/layout.ts';
import { currentPublication } from '../lake/promise.ts';
import type { CellKey } from '../workflows/pure/cell.ts';
import { splitDataset } from '../workflows/pure/cell.ts';
import { cellBytes } from './cell-bytes.ts';
import { datasetParts, type ActivityDeps } from './deps.ts';

/**
 * Puts a published file that is missing back from its staged batch, if that gives the very bytes of its
 * record; false where the batch is gone or the contract has moved on.
 */
export async function restoreCell(deps: Omit<ActivityDeps, 'client'>, cell: CellKey): Promise<boolean> {
  const publication = await currentPublication(deps.store, cell);
  const batch = publication?.record.batch;
  const asset = deps.assets.find(({ ticker }) => ticker === cell.ticker);
  const symbol = asset?.sources.find(({ dataset }) => dataset === cell.dataset)?.symbol;
  if (!batch || symbol === undefined) return false;
  const { resource, contract } = datasetParts(deps, cell.dataset);
  const loaded = await deps.batches.read(splitDataset(cell.dataset).source, batch);
  const bytes = cellBytes(resource, contract, loaded, { ...cell, symbol, batch })?.bytes;
  if (!bytes || sha256(bytes) !== publication.record.sha256) return false;
  await deps.store.put(bronzeFile(cell), bytes);
  return true;
}
