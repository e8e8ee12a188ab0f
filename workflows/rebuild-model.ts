import { ApplicationFailure, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { modelPolicy } from './policies.ts';
import { troubleOf } from './pure/failure.ts';
import type { RunContext } from './pure/run.ts';

/** Rebuilds the warehouse; what is published stays published where that fails. */
export async function rebuildModel(context: RunContext): Promise<void> {
  const { model } = proxyActivities<Activities>(modelPolicy(context.options.patienceSeconds));
  try {
    await model.executeWithOptions({ summary: 'warehouse' }, [context]);
  } catch (error) {
    if (isCancellation(error)) throw error;
    const { code, reason } = troubleOf(error);
    throw ApplicationFailure.create({
      message: `What was published is safe, but the warehouse is still the old one. ${reason}`,
      type: code,
      nonRetryable: true,
    });
  }
}
