import {
  ApplicationFailure,
  CancellationScope,
  condition,
  defineQuery,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { RebuildEnd } from '../activities/find-alerts.ts';
import type { Activities } from '../activities/index.ts';
import { isOwnCancellation } from './bounded-each.ts';
import { packAway } from './pack-away.ts';
import { planFallbacks } from './plan-fallbacks.ts';
import { planHistories } from './plan-histories.ts';
import { planPolicy } from './policies.ts';
import { troubleOf } from './pure/failure.ts';
import { coveredWords, isCovered, noneCovered, type Covered } from './pure/fallback.ts';
import { tallyWords } from './pure/run-details.ts';
import type { PlanSummary, RunContext, RunEnd, RunProgress, RunResult, Tally } from './pure/run.ts';
import { followQuotaWaits } from './quota-wait.ts';
import { rebuildModel } from './rebuild-model.ts';
import { runPage } from './run-page.ts';
import {
  beginState,
  nextInput,
  partInTurn,
  progressOf,
  showRun,
  type RunInput,
  type RunState,
} from './run-state.ts';
import { actsTaken, steerable } from './steering.ts';
import { tellAlerts } from './tell-alerts.ts';
import { whyUnrecorded } from './why-unrecorded.ts';

/** Asks a run how it stands. */
export const progressQuery = defineQuery<RunProgress>('progress');

/**
 * Plans what is to do, runs its windows a bounded number at a time, page by page, and ends with the model.
 * It awaits all windows and drops no result: where a cell did not get there, it fails as `RunIncomplete`
 * with the reasons and the one command that tries them again. People may steer it all the while. With pages
 * left it answers what to go on with, for a fresh history.
 */
export async function executeRun(input: RunInput): Promise<RunResult | { readonly next: RunInput }> {
  const run = beginState(input);
  setHandler(progressQuery, () => progressOf(run));
  steerable(run);
  if (input.context.options.meteredSources.length > 0)
    followQuotaWaits((wait) => {
      run.quotaWait = wait;
      showRun(run);
    });
  showRun(run);
  try {
    const summary = run.summary ?? (await planRun(run));
    await runPageInTurn(run);
    await actsTaken();
    if (!partInTurn(run)) await planFallbacks(run);
    if (!partInTurn(run)) await planHistories(run);
    if (!partInTurn(run)) await rebuildAtLeisure(run);
    // What was added meanwhile, during the rebuild too, is a page in turn.
    if (partInTurn(run)) return { next: nextInput(run, run.summary ?? summary) };
    run.note = [coveredWords(coveredIn(run)), await packAway(run.context, run.request)]
      .filter(Boolean)
      .join(' ');
    run.step = 'ended';
    return await endWell(run, run.summary ?? summary);
  } catch (error) {
    const rebuild = rebuildEnd(run.step, error);
    run.step = 'ended';
    const failure = await endBadly(run, error);
    await tellAlerts(run.context, rebuild);
    throw failure;
  }
}

/** How the rebuild went, where a run that ends badly came to one. */
function rebuildEnd(step: RunState['step'], error: unknown): RebuildEnd {
  if (step === 'ended') return 'good';
  return step === 'model' && !isCancellation(error) ? troubleOf(error) : undefined;
}

async function planRun(run: RunState): Promise<PlanSummary> {
  const { summary, pageCount } = await longer(run.context).plan(run.context, run.request);
  const plannedBy = workflowInfo().runId;
  run.parts = [{ number: 0, plannedBy, pageCount, nextPage: 0 }];
  run.summary = summary;
  run.step = 'cells';
  return summary;
}

async function rebuildAtLeisure(run: RunState): Promise<void> {
  await condition(() => !run.steering.paused || partInTurn(run) !== undefined);
  if (partInTurn(run)) return;
  run.step = 'model';
  showRun(run);
  await rebuildModel(run.context);
  await actsTaken();
}

async function runPageInTurn(run: RunState): Promise<void> {
  const part = partInTurn(run);
  if (!part) return;
  const { plannedBy, nextPage } = part;
  const { readPlanPage } = longer(run.context);
  await runPage(run, part, await readPlanPage(run.context, { workflowRunId: plannedBy, page: nextPage }));
  run.parts = run.parts.map((each) =>
    each.number === part.number ? { ...each, nextPage: nextPage + 1 } : each,
  );
}

/** A cell that did not get there is no reason to fail where its day has a price from another source. */
async function endWell(run: RunState, summary: PlanSummary): Promise<RunResult> {
  const { context, tally, note } = run;
  const covered = coveredIn(run);
  const bad = tally.refused + tally.failed - covered.cells;
  if (bad > 0) throw incomplete(context, tally, bad, covered);
  await longer(context).recordRunEnd(context, { outcome: 'completed', tally, ...facts(run) });
  await tellAlerts(context, 'good');
  setCurrentDetails(
    [`**${context.run}**: **completed**`, tallyWords(tally), note].filter(Boolean).join('\n\n'),
  );
  return { run: context.run, summary, tally, ...(covered.cells > 0 ? { covered } : {}) };
}

function coveredIn({ fallback }: RunState): Covered {
  return fallback?.covered ?? noneCovered;
}

function incomplete(context: RunContext, tally: Tally, bad: number, covered: Covered): ApplicationFailure {
  const named = tally.troubles
    .filter((trouble) => !isCovered(trouble, covered))
    .map(
      ({ ticker, date, to = date, state, reason }) =>
        `${ticker} ${date === to ? date : `${date}..${to}`} ${state}: ${reason}`,
    );
  const more = bad > named.length ? [`and more: ${bad} in all`] : [];
  const command = `npx tsx client/retry.ts --run ${context.run}`;
  return ApplicationFailure.create({
    message: `${bad} cells did not get there; everything else is published. Try them again with: ${command}\n${[...named, ...more].join('\n')}`,
    type: 'RunIncomplete',
    nonRetryable: true,
    details: [tally],
  });
}

async function endBadly(run: RunState, error: unknown): Promise<unknown> {
  const { context, tally, note } = run;
  const isCancelled = isOwnCancellation();
  const { code, reason } = troubleOf(error);
  const outcome = isCancelled ? 'cancelled' : code === 'RunIncomplete' ? 'incomplete' : 'failed';
  const unrecorded = await CancellationScope.nonCancellable(async () => {
    await actsTaken();
    return whyUnrecorded(
      longer(context).recordRunEnd(context, { outcome, tally, code, reason, ...facts(run) }),
    );
  });
  const message = reason + unrecorded;
  setCurrentDetails([`**${context.run}**: **${outcome}**`, message, note].filter(Boolean).join('\n\n'));
  if (isCancelled) return error;
  const details = code === 'RunIncomplete' ? [tally] : [];
  return ApplicationFailure.create({ message, type: code, nonRetryable: true, details });
}

function facts(run: RunState): Pick<RunEnd, 'note' | 'covered'> {
  const { cells } = coveredIn(run);
  return { ...(cells > 0 ? { covered: cells } : {}), ...(run.note === '' ? {} : { note: run.note }) };
}

function longer(context: RunContext): Pick<Activities, 'plan' | 'readPlanPage' | 'recordRunEnd'> {
  return proxyActivities<Activities>(planPolicy(context.options.patienceSeconds));
}
