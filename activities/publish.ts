import { writerVersion } from '../lake/parquet.ts';
import { publishCandidate, type Candidate, type Publication } from '../lake/publish.ts';
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
  const { workflowId, workflowRunId } = currentAttempt(deps.lake.id);
  const publication = await publishCandidate(deps.store, task, task.candidate, {
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
  });
  const { dataset, ticker, date } = task;
  const outcome = publication.supersedes === undefined ? publication.outcome : 'restated';
  deps.observe({ kind: 'cell', run: context.run, cell: { dataset, ticker, date }, outcome });
  return publication;
}
