import { ApplicationFailure, proxyActivities, uuid4 } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { fetchPage } from './fetch-page.ts';
import type { TellWait } from './permit.ts';
import { diskPolicy } from './policies.ts';
import type { DatasetId } from './pure/cell.ts';
import type { BatchRef, RunContext, WindowAsk } from './pure/run.ts';

const mostPages = 500;

/** What may keep a page waiting, as whoever wants the batch sees it. */
export interface Waits {
  /** Ends when the next page may begin. */
  readonly held?: () => Promise<void>;
  /** Hears of a wait for a quota of the day or month. */
  readonly tellWait: TellWait;
}

/** Fetches every page of an answer, one step each, and seals them as one batch. */
export async function fetchBatch(
  context: RunContext,
  dataset: DatasetId,
  ask: WindowAsk,
  label: string,
  { held, tellWait }: Waits,
): Promise<BatchRef> {
  const { patienceSeconds } = context.options;
  const { stage } = proxyActivities<Activities>(diskPolicy(patienceSeconds));
  const batchId = newBatchId();
  let pageCount = 0;
  let target: string | undefined;
  do {
    await held?.();
    const task = {
      run: context.run,
      dataset,
      ask,
      batchId,
      index: pageCount,
      ...(target === undefined ? {} : { target }),
    };
    const page = await fetchPage(context, task, `${label}, page ${pageCount + 1}`, tellWait);
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
