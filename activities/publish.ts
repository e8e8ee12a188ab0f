import { acceptanceOf } from '../lake/acceptance-record.ts';
import { cellRecordsFolder } from '../lake/layout.ts';
import { writerVersion } from '../lake/parquet.ts';
import {
  publishCandidate,
  type Candidate,
  type Publication,
  type PublicationFacts,
} from '../lake/publish.ts';
import { readCellRecord, type CellRecord } from '../lake/records.ts';
import type { CellKey } from '../workflows/pure/cell.ts';
import type { BatchRef, JudgedAgainCause, Look, RunContext } from '../workflows/pure/run.ts';
import { currentAttempt } from './attempt.ts';
import { datasetParts, type ActivityDeps } from './deps.ts';

/** A candidate that passed its audit, or that a person accepted. */
export interface PublishTask extends CellKey {
  readonly batch: BatchRef;
  readonly symbol: string;
  readonly candidate: Candidate;
  readonly contractVersion: string;
  /** The verdict's file below the lake's root. */
  readonly audit: string;
  /** The record by which a person accepted what its audit refused. */
  readonly acceptedBy?: number;
  /** Why it was judged again, where it was. */
  readonly cause?: JudgedAgainCause;
  /** Which planned look it is, where it was published before. */
  readonly look?: Look;
}

/** Commits a cell: claims its next record number, then renames the candidate into bronze. */
export async function publish(
  deps: ActivityDeps,
  context: RunContext,
  task: PublishTask,
): Promise<Publication> {
  const facts = {
    ...publicationFacts(deps, context, task),
    symbol: task.symbol,
    ...(task.cause ? { cause: task.cause } : {}),
    ...(await acceptanceFacts(deps, task)),
  };
  const publication = await publishCandidate(deps.store, task, task.candidate, facts);
  const { dataset, ticker, date } = task;
  const outcome = publication.supersedes === undefined ? publication.outcome : 'restated';
  deps.observe({ kind: 'cell', run: context.run, cell: { dataset, ticker, date }, outcome });
  return publication;
}

/** What the record of a publication says of who published it, from what, and on what verdict. */
export function publicationFacts(
  deps: ActivityDeps,
  context: RunContext,
  task: Pick<PublishTask, 'dataset' | 'batch' | 'contractVersion' | 'audit' | 'look'>,
): PublicationFacts {
  const { workflowId, workflowRunId } = currentAttempt(deps.lake.id);
  return {
    recordedAt: deps.now().toISOString(),
    run: context.run,
    workflowId,
    workflowRunId,
    batch: task.batch,
    contractVersion: task.contractVersion,
    contractSha256: datasetParts(deps, task.dataset).contract.sha256,
    writer: writerVersion,
    audit: task.audit,
    ...(task.look === undefined ? {} : { look: task.look }),
  };
}

async function acceptanceFacts(
  deps: ActivityDeps,
  task: PublishTask,
): Promise<Pick<CellRecord, 'acceptance'>> {
  if (task.acceptedBy === undefined) return {};
  const record = await readCellRecord(deps.store, cellRecordsFolder(task), task.acceptedBy);
  const { number, reason, livesUntil, rules } = acceptanceOf({ number: task.acceptedBy, record });
  return { acceptance: { number, reason, livesUntil, rules: [...rules] } };
}
