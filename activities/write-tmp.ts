import { candidateFile } from '../lake/layout.ts';
import { writeCandidate, type Candidate } from '../lake/publish.ts';
import { discredits, readCellRecords } from '../lake/records.ts';
import { splitDataset } from '../workflows/pure/cell.ts';
import { currentAttempt, type Attempt } from './attempt.ts';
import { cellBytes, type CellOfBatch } from './cell-bytes.ts';
import { datasetParts, type ActivityDeps } from './deps.ts';
import { NoDataError } from './no-data-error.ts';

/** What became of a cell's rows. */
export type Written =
  | { readonly outcome: 'written'; readonly candidate: Candidate }
  /** The records call this batch worthless for the cell: fetch it anew. */
  | { readonly outcome: 'batch-refused' }
  /** The contract says that a day without data is a day without a session. */
  | { readonly outcome: 'closed' };

/** Takes a cell's rows out of its batch and writes them as a candidate that no reader can see. */
export async function writeTmp(deps: ActivityDeps, task: CellOfBatch): Promise<Written> {
  return writeCell(deps, task, currentAttempt(deps.lake.id));
}

/** Writes one cell's candidate for its own workflow, or for that of its month and batch. */
export async function writeCell(
  deps: ActivityDeps,
  task: CellOfBatch,
  attempt: Attempt,
  monthOfBatch?: string,
): Promise<Written> {
  const records = await readCellRecords(deps.store, task);
  if (records.some(({ record }) => discredits(record, task.batch.id))) return { outcome: 'batch-refused' };
  const { resource, contract } = datasetParts(deps, task.dataset);
  const loaded = await deps.batches.read(splitDataset(task.dataset).source, task.batch);
  const encoded = cellBytes(resource, contract, loaded, task);
  if (!encoded) {
    if (contract.emptyAnswer === 'closed') return { outcome: 'closed' };
    throw new NoDataError(task, loaded.manifest);
  }
  // What an attempt that died here has left is nobody's.
  await Promise.all(attempt.earlierIds.map((id) => deps.store.remove(candidateFile(task, id, monthOfBatch))));
  const candidate = await writeCandidate(
    deps.store,
    task,
    attempt.id,
    encoded.bytes,
    encoded.rowCount,
    encoded.contentSha256,
    monthOfBatch,
  );
  return { outcome: 'written', candidate };
}
