import { sealBatch } from '../lake/batches.ts';
import { windowRecordsFolder } from '../lake/layout.ts';
import { appendOnce } from '../lake/records.ts';
import { tickerOfMember } from '../sources/snapshot.ts';
import { splitDataset, type DatasetId } from '../workflows/pure/cell.ts';
import type { BatchRef, RunContext, WindowAsk } from '../workflows/pure/run.ts';
import { currentAttempt } from './attempt.ts';
import type { ActivityDeps } from './deps.ts';
import { snapshotFacts } from './read-members.ts';

/** A batch whose pages have all arrived. */
export interface StageTask {
  readonly dataset: DatasetId;
  readonly ask: WindowAsk;
  readonly batchId: string;
  readonly pageCount: number;
}

/** Seals a batch in staging, whence nothing changes it any more, and records what it answers. */
export async function stage(deps: ActivityDeps, context: RunContext, task: StageTask): Promise<BatchRef> {
  const { source } = splitDataset(task.dataset);
  const now = deps.now();
  const { workflowId, workflowRunId } = currentAttempt(deps.lake.id);
  const facts = {
    batchId: task.batchId,
    dataset: task.dataset,
    ask: task.ask,
    window: workflowId,
    workflowId,
    workflowRunId,
  };
  const batch = await sealBatch(deps.store, source, facts, task.pageCount);
  await appendOnce(deps.store, windowRecordsFolder(workflowId), {
    event: 'staged',
    recordedAt: now.toISOString(),
    run: context.run,
    dataset: task.dataset,
    workflowId,
    workflowRunId,
    batch,
    requestCount: task.pageCount,
    ...(await universeOf(deps, task, batch)),
  });
  return batch;
}

/** Who was in a snapshot is recorded at once with its batch, whatever becomes of the cells. */
async function universeOf(deps: ActivityDeps, { dataset, ask }: StageTask, batch: BatchRef): Promise<object> {
  if (ask.kind !== 'snapshot') return {};
  const { ids, repeated } = await snapshotFacts(deps, dataset, batch);
  const members = ids.map((id) => {
    const ticker = tickerOfMember(id);
    return ticker === id ? { ticker } : { ticker, id };
  });
  const { date, top, since } = ask;
  return { snapshot: { date, top, ...(since ? { since } : {}), members, repeated } };
}
