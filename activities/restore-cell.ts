import type { LoadedBatch } from '../lake/batch-cache.ts';
import { sha256 } from '../lake/json.ts';
import { LakeError } from '../lake/lake-error.ts';
import { bronzeFile } from '../lake/layout.ts';
import { currentPublication } from '../lake/promise.ts';
import type { CellKey } from '../workflows/pure/cell.ts';
import { splitDataset } from '../workflows/pure/cell.ts';
import type { BatchRef, WindowAsk } from '../workflows/pure/run.ts';
import { cellBytes } from '../lake/cell-bytes.ts';
import { datasetParts, type ActivityDeps } from './deps.ts';

/**
 * Puts a published file that is missing back from its staged batch, if that gives the very bytes of its
 * record; false where the batch is gone or the contract has moved on.
 */
export async function restoreCell(deps: RestoreDeps, cell: CellKey): Promise<boolean> {
  const publication = await currentPublication(deps.store, cell);
  const batch = publication?.record.batch;
  const loaded = batch && (await readIfSound(deps, cell, batch));
  if (!batch || !loaded) return false;
  const symbol = symbolOf(deps, cell, loaded.manifest.ask);
  if (symbol === undefined) return false;
  const { resource, contract } = datasetParts(deps, cell.dataset);
  const bytes = cellBytes(resource, contract, loaded, { ...cell, symbol, batch })?.bytes;
  if (!bytes || sha256(bytes) !== publication.record.sha256) return false;
  await deps.store.put(bronzeFile(cell), bytes);
  return true;
}

type RestoreDeps = Pick<ActivityDeps, 'store' | 'batches' | 'assets' | 'sources' | 'contracts'>;

/** One damaged batch must not keep a worker from starting: its cell is lost, the others are not. */
async function readIfSound(
  deps: RestoreDeps,
  cell: CellKey,
  batch: BatchRef,
): Promise<LoadedBatch | undefined> {
  try {
    return await deps.batches.read(splitDataset(cell.dataset).source, batch);
  } catch (error) {
    if (error instanceof LakeError && error.code === 'LakeDamaged') return undefined;
    throw error;
  }
}

/** The symbol that was asked for; a whole market's answer knows it by what the configuration says today. */
function symbolOf(deps: RestoreDeps, cell: CellKey, ask: WindowAsk): string | undefined {
  if (ask.kind === 'range') return ask.symbol;
  const asset = deps.assets.find(({ ticker }) => ticker === cell.ticker);
  return asset?.sources.find(({ dataset }) => dataset === cell.dataset)?.symbol;
}
