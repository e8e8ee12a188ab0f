import type { WorkflowHandle } from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import { inLake, mainQueue } from '../../workflows/pure/ids.ts';
import type { RunContext, RunOptions, RunRequest, RunResult } from '../../workflows/pure/run.ts';
import type { RunInput } from '../../workflows/run-state.ts';
import { meteredSources } from '../../sources/quota.ts';
import type { Settings } from '../../settings.ts';
import type { ConnectedLake } from '../command/lake-client.ts';

const workflowOf: Readonly<Record<RunRequest['kind'], string>> = {
  backfill: 'backfill',
  daily: 'dailyRun',
  retry: 'retryFailed',
  reaudit: 'reaudit',
};

/** A run's workflow, from outside. */
export type RunHandle = WorkflowHandle<Workflow & ((input: RunInput) => Promise<RunResult>)>;

/** How a run behaves, as marketlake.yaml has it. */
export function runOptions(settings: Settings, isSearchable: boolean): RunOptions {
  const { cellsAtOnce, windowsAtOnce, patienceMinutes, report, fallback } = settings.run;
  const hasFallback = settings.assets.some(({ sources }) => sources.length > 1);
  const { alerts } = settings;
  const patienceSeconds = patienceMinutes * 60;
  const { archiveAfterDays } = settings.retention;
  return {
    cellsAtOnce,
    windowsAtOnce,
    patienceSeconds,
    isSearchable,
    meteredSources: meteredSources(settings),
    ...(report ? {} : { isReportWanted: false }),
    ...(fallback === 'on-failure' && hasFallback ? { isFallbackWanted: true } : {}),
    ...(archiveAfterDays === null ? {} : { archiveAfterDays }),
    ...(alerts ? { alerts: { answerWithinSeconds: alerts.answerWithinSeconds } } : {}),
  };
}

/** Starts a run, or joins it where it is running already. */
export async function startRun(lake: ConnectedLake, run: string, request: RunRequest): Promise<RunHandle> {
  const context: RunContext = {
    lake: lake.lake.id,
    run,
    options: runOptions(lake.settings, lake.isSearchable),
  };
  const input: RunInput = { context, request };
  const handle = await lake.client.workflow.start(workflowOf[request.kind], {
    workflowId: inLake(lake.lake.id, run),
    taskQueue: mainQueue(lake.lake.id),
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    ...(lake.isSearchable ? { searchAttributes: { Run: [run] } } : {}),
  });
  return handle as RunHandle;
}
