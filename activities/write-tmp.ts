import { askedOn } from '../lake/asked-on.ts';
import { candidateFile } from '../lake/layout.ts';
import { writeCandidate, type Candidate } from '../lake/publish.ts';
import { isDiscredited, readCellRecords } from '../lake/records.ts';
import { splitDataset } from '../workflows/pure/cell.ts';
import type { JudgedAgainCause } from '../workflows/pure/run.ts';
import { currentAttempt, type Attempt } from './attempt.ts';
import { cellBytes, type CellOfBatch } from '../lake/cell-bytes.ts';
import { datasetParts, type ActivityDeps } from './deps.ts';
import { NoDataError } from './no-data-error.ts';

/** What became of a cell's rows. */
export type Written =
  | { readonly outcome: 'written'; readonly candidate: Candidate }
  /** The records call this batch worthless for the cell: fetch it anew. */
  | { readonly outcome: 'batch-refused' }
  /** The contract says that a day without data is a day without a session. */
  | { readonly outcome: 'closed' };

/** A cell and its batch. */
export interface WriteTask extends CellOfBatch {
  /** The run it is written for, which is for whoever watches. */
  readonly run: string;
  /** Set where the batch was judged before and is to be judged again, whatever the records say of it. */
  readonly cause?: JudgedAgainCause;
}

/** Takes a cell's rows out of its batch and writes them as a candidate that no reader can see. */
export async function writeTmp(deps: ActivityDeps, task: WriteTask): Promise<Written> {
  return writeCell(deps, task, currentAttempt(deps.lake.id));
}

/** Writes one cell's candidate for its own workflow, or for that of its month and batch. */
export async function writeCell(
  deps: ActivityDeps,
  task: CellOfBatch & Pick<WriteTask, 'cause'>,
  attempt: Attempt,
  monthOfBatch?: string,
): Promise<Written> {
  const { resource, contract } = datasetParts(deps, task.dataset);
  const records = task.cause ? [] : await readCellRecords(deps.store, task);
  // Nothing but its batch will ever tell of a snapshot's member.
  const isAllThereIs = resource.coverage.isSnapshot === true;
  if (!isAllThereIs && isDiscredited(records, task.batch.id, contract.sha256))
    return { outcome: 'batch-refused' };
  const loaded = await deps.batches.read(splitDataset(task.dataset).source, task.batch);
  const encoded = cellBytes(resource, contract, loaded, task);
  if (!encoded) {
    // A day that had a price had a session, whatever the source says by now.
    const wasPublished = records.some(({ record }) => record.event === 'published');
    // Nor is one closed whose line is there and cannot be read.
    const ask = askedOn(loaded.manifest.ask, task.batch.ingestionDate);
    const why = resource.whyNoRow?.(loaded.pages, ask, task);
    if (contract.emptyAnswer === 'closed' && !wasPublished && !why) return { outcome: 'closed' };
    throw new NoDataError(task, loaded.manifest, wasPublished, why);
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
