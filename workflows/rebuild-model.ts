import { ApplicationFailure, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { modelPolicy, reportPolicy } from './policies.ts';
import { troubleOf } from './pure/failure.ts';
import type { RunContext } from './pure/run.ts';

/** Rebuilds the warehouse, then the report over it where one is wanted; what is published stays published where that fails. */
export async function rebuildModel(context: RunContext): Promise<void> {
  const { model } = proxyActivities<Activities>(modelPolicy(context.options.patienceSeconds));
  await orSay('What was published is safe, but the warehouse is still the old one.', () =>
    model.executeWithOptions({ summary: 'warehouse' }, [context]),
  );
  if (context.options.isReportWanted === false) return;
  const { report } = proxyActivities<Activities>(reportPolicy);
  await orSay(
    'What was published is safe and the warehouse is new, but the report is still the old one.',
    () => report.executeWithOptions({ summary: 'report' }, []),
  );
}

async function orSay(whatStands: string, step: () => Promise<unknown>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (isCancellation(error)) throw error;
    const { code, reason } = troubleOf(error);
    throw ApplicationFailure.create({
      message: `${whatStands} ${reason}`,
      type: code,
      nonRetryable: true,
    });
  }
}
