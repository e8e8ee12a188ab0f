import { ApplicationFailure, proxyActivities, uuid4 } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { diskPolicy, fetchPolicy } from './policies.ts';
import { splitDataset, type DatasetId } from './pure/cell.ts';
import { sourceQueue } from './pure/ids.ts';
import type { BatchRef, RunContext, WindowAsk } from './pure/run.ts';

const mostPages = 500;

/** Fetches every page of an answer, one step each, and seals them as one batch. */
export async function fetchBatch(
  context: RunContext,
  dataset: DatasetId,
  ask: WindowAsk,
  label: string,
): Promise<BatchRef> {
  const { patienceSeconds } = context.options;
  const queue = sourceQueue(context.lake, splitDataset(dataset).source);
  const { fetch } = proxyActivities<Activities>(fetchPolicy(queue, patienceSeconds));
  const { stage } = proxyActivities<Activities>(diskPolicy(patienceSeconds));
  const batchId = newBatchId();
  let pageCount = 0;
  let target: string | undefined;
  do {
    const task = {
      run: context.run,
      dataset,
      ask,
      batchId,
      index: pageCount,
      ...(target === undefined ? {} : { target }),
    };
    const page = await fetch.executeWithOptions({ summary: `${label}, page ${pageCount + 1}` }, [task]);
    target = page.next;
    pageCount += 1;
    if (pageCount > mostPages) throw endless(label);
  } while (target !== undefined);
  return stage.executeWithOptions({ summary: label }, [context, { dataset, ask, batchId, pageCount }]);
}

/** An answer whose pages name each other for ever must not end as a batch that is half of something. */
function endless(label: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `The answer for ${label} has more than ${mostPages} pages, so it is not believed. Ask for fewer days at once, or look at its pages in incoming/.`,
    'EndlessAnswer',
  );
}

/** A batch id that sorts by time: the workflow makes it, so that every attempt of a step means the same batch. */
function newBatchId(): string {
  const stamp = new Date().toISOString().replace(/[-:]/g, '').slice(0, 15);
  return `${stamp}-${uuid4().slice(0, 8)}`;
}
