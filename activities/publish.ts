import { writerVersion } from '../lake/parquet.ts';
import {
  publishCandidate,
  type Candidate,
  type Publication,
  type PublicationFacts,
} from '../lake/publish.ts';
import type { CellKey } from '../workflows/pure/cell.ts';
import type { BatchRef, RunContext } from '../workflows/pure/run.ts';
import { currentAttempt } from './attempt.ts';
import { datasetParts, type ActivityDeps } from './deps.ts';

/** A candidate that passed its audit. */
export interface PublishTask extends CellKey {
  readonly batch: BatchRef;
  readonly symbol: string;
  readonly candidate: Candidate;
  readonly contractVersion: string;
  /** The verdict's file below the lake's root. */
  readonly audit: string;
}

/** Commits a cell: claims its next record number, then renames the candidate into bronze. */
export async function publish(
  deps: ActivityDeps,
  context: RunContext,
  task: PublishTask,
): Promise<Publication> {
  return publishCandidate(deps.store, task, task.candidate, publicationFacts(deps, context, task));
}

/** What the record of a publication says of who published it, from what, and on what verdict. */
export function publicationFacts(
  deps: ActivityDeps,
  context: RunContext,
  task: Omit<PublishTask, 'date' | 'candidate'>,
): PublicationFacts {
  const { workflowId, workflowRunId } = currentAttempt(deps.lake.id);
  return {
    recordedAt: deps.now().toISOString(),
    run: context.run,
    workflowId,
    workflowRunId,
    batch: task.batch,
    symbol: task.symbol,
    contractVersion: task.contractVersion,
    contractSha256: datasetParts(deps, task.dataset).contract.sha256,
    writer: writerVersion,
    audit: task.audit,
  };
}
