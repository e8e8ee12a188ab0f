import { ParentClosePolicy, proxyActivities, startChild, workflowInfo } from '@temporalio/workflow';
import {
  defineSearchAttributeKey,
  SearchAttributeType,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common';
import type { Activities } from '../activities/index.ts';
import { dailyRun } from './daily-run.ts';
import { planPolicy } from './policies.ts';
import type { PartitionDate } from './pure/cell.ts';
import { dailyId, inLake } from './pure/ids.ts';
import type { RunContext, RunOptions } from './pure/run.ts';
import { runAttributes } from './search-attributes.ts';
import { tellAlerts } from './tell-alerts.ts';

/** What the schedule hands over; the day comes from the time at which it was due. */
export interface TickInput {
  readonly lake: string;
  readonly options: RunOptions;
}

const scheduledTimeKey = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME);

/** Starts the daily run of the day for which the schedule ticked, or finds it running already. */
export async function dailyTick({ lake, options }: TickInput): Promise<{ run: string; isStarted: boolean }> {
  const { planDay } = proxyActivities<Activities>(planPolicy(options.patienceSeconds));
  const info = workflowInfo();
  const dueAt = info.typedSearchAttributes.get(scheduledTimeKey) ?? info.startTime;
  const { date, snapshotDate } = await planDay(dueAt.toISOString());
  const context = { lake, run: dailyId(date), options };
  const started = await startDaily(context, date, snapshotDate);
  // The run does so at its end: this is for a run that does not come to one.
  await tellAlerts(context);
  return started;
}

async function startDaily(
  context: RunContext,
  date: PartitionDate,
  snapshotDate: PartitionDate,
): Promise<{ run: string; isStarted: boolean }> {
  const { run } = context;
  try {
    await startChild(dailyRun, {
      workflowId: inLake(context.lake, run),
      args: [{ context, request: { kind: 'daily', date, isExplicit: false, snapshotDate } }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      typedSearchAttributes: runAttributes(context),
    });
    return { run, isStarted: true };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { run, isStarted: false };
    throw error;
  }
}
