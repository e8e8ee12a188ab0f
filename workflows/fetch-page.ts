import { isCancellation, proxyActivities, sleep } from '@temporalio/workflow';
import type { FetchedPage, FetchTask } from '../activities/fetch.ts';
import type { Activities } from '../activities/index.ts';
import { awaitPermit, type TellWait } from './permit.ts';
import { attemptsWithin, fetchPolicy, pauseSecondsAfter, permitPolicy, requestPolicy } from './policies.ts';
import { splitDataset } from './pure/cell.ts';
import { retryOf, troubleOf } from './pure/failure.ts';
import { sourceQueue } from './pure/ids.ts';
import { askerOf } from './pure/quota/wait.ts';
import type { RunContext } from './pure/run.ts';

/** Fetches one page, with its attempts; where requests are counted, each attempt waits for its own leave. */
export async function fetchPage(
  context: RunContext,
  task: FetchTask,
  label: string,
  tell: TellWait,
): Promise<FetchedPage> {
  const { source } = splitDataset(task.dataset);
  const { meteredSources, patienceSeconds } = context.options;
  if (meteredSources.includes(source)) return fetchCounted(context, source, task, label, tell);
  const { fetch } = proxyActivities<Activities>(
    fetchPolicy(sourceQueue(context.lake, source), patienceSeconds),
  );
  return fetch.executeWithOptions({ summary: label }, [task]);
}

/** Every attempt is a request that the key pays for, so the attempts are made here and not by the server. */
async function fetchCounted(
  context: RunContext,
  source: string,
  task: FetchTask,
  label: string,
  tell: TellWait,
): Promise<FetchedPage> {
  const { run, options } = context;
  const { fetch } = proxyActivities<Activities>(requestPolicy(sourceQueue(context.lake, source)));
  for (let attempt = 1; ; attempt += 1) {
    const id = `${task.batchId}.${task.index}.${attempt}`;
    const permit = { source, id, asker: askerOf(run), run, label };
    await awaitPermit(permit, options.patienceSeconds, tell);
    try {
      return await fetch.executeWithOptions({ summary: label }, [task]);
    } catch (error) {
      if (isCancellation(error) || !retryOf(error).isRetryable) throw error;
      await pauseAfter(context, source, attempt, error);
    }
  }
}

/** After a 429 everybody who uses the key waits, since each would get the same; after other trouble only we do. */
async function pauseAfter(
  { options }: RunContext,
  source: string,
  attempt: number,
  error: unknown,
): Promise<void> {
  const pauseMs = retryOf(error).retryAfterMs ?? pauseSecondsAfter(attempt) * 1_000;
  const isRateLimited = troubleOf(error).code === 'RateLimited';
  const { holdRequests } = proxyActivities<Activities>(permitPolicy(options.patienceSeconds));
  if (isRateLimited) await holdRequests(source, pauseMs);
  if (attempt >= attemptsWithin(options.patienceSeconds)) throw error;
  if (!isRateLimited) await sleep(pauseMs);
}
