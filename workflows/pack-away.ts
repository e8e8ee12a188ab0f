import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { packPolicy } from './policies.ts';
import { troubleOf } from './pure/failure.ts';
import type { RunContext, RunRequest } from './pure/run.ts';

/**
 * Packs old files away at the end of a daily run, where that is configured. What is old can wait: trouble with it
 * never fails the run.
 * @returns what a person should know of it; empty where all is well.
 */
export async function packAway(context: RunContext, request: RunRequest): Promise<string> {
  const { archiveAfterDays } = context.options;
  if (request.kind !== 'daily' || archiveAfterDays === undefined) return '';
  const { packOld } = proxyActivities<Activities>(packPolicy);
  try {
    const { left } = await packOld.executeWithOptions({ summary: 'pack old files away' }, [
      context,
      archiveAfterDays,
    ]);
    if (left === 0) return '';
    return `${left} old files or archives were not packed: npx tsx client/retention.ts says which, and why.`;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return `Old files were not packed away, and nothing of them is lost: ${troubleOf(error).reason}`;
  }
}
