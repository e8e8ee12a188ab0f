import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { planPolicy } from './policies.ts';
import { addSummaries } from './pure/run.ts';
import type { RunState } from './run-state.ts';

/**
 * Once a daily run has looked again at what was due, it asks whether an asset's whole history was rewritten, as after a
 * split: then the rest of it is looked at too, in this run, so that no rebuild shows half of one.
 */
export async function planHistories(run: RunState): Promise<void> {
  const { context, request, summary } = run;
  if (run.areHistoriesPlanned || request.kind !== 'daily' || !summary?.looks) return;
  run.areHistoriesPlanned = true;
  const activities = proxyActivities<Activities>(planPolicy(context.options.patienceSeconds));
  const plannedBy = `${workflowInfo().runId}.histories`;
  const plan = await activities.planHistories(context, { request, plannedBy });
  if (plan.pageCount === 0) return;
  const { from, to } = summary;
  // Something may have been added meanwhile.
  run.summary = { ...addSummaries(run.summary ?? summary, plan.summary), from, to };
  run.parts = [...run.parts, { number: run.parts.length, plannedBy, pageCount: plan.pageCount, nextPage: 0 }];
}
