import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { planPolicy } from './policies.ts';
import { addSummaries } from './pure/run.ts';
import type { RunState } from './run-state.ts';

/**
 * Once all cells have ended, and where some did not get there, asks what the next sources of their assets may be asked:
 * a further part of the run, after which it asks again, until no source is left. Nothing is asked where all went well.
 */
export async function planFallbacks(run: RunState): Promise<void> {
  const { context, request, summary, tally, parts } = run;
  const bad = tally.refused + tally.failed;
  if (!context.options.isFallbackWanted || request.kind === 'reaudit' || !summary || bad === 0) return;
  if (run.fallback?.isExhausted && run.fallback.badBefore === bad) return;
  const activities = proxyActivities<Activities>(planPolicy(context.options.patienceSeconds));
  const plannedBy = `${workflowInfo().runId}.fallbacks-${parts.length}`;
  const { leaveOuts } = run.steering;
  const { plan, covered } = await activities.planFallbacks(context, { request, plannedBy, parts, leaveOuts });
  const { pageCount } = plan;
  run.fallback = { badBefore: bad, isExhausted: pageCount === 0, covered };
  if (pageCount === 0) return;
  const { from, to } = summary;
  // Something may have been added meanwhile.
  run.summary = { ...addSummaries(run.summary ?? summary, plan.summary), from, to };
  run.parts = [...run.parts, { number: run.parts.length, plannedBy, pageCount, nextPage: 0 }];
}
