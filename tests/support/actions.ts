import type { Client } from '@temporalio/client';

type HistoryEvent = NonNullable<
  Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>['events']
>[number];

/**
 * Counts the actions that Temporal Cloud would bill for a workflow, read off its histories: its continuations are
 * followed, and its children with theirs.
 */
export async function actionsInHistories(client: Client, workflowId: string, runId: string): Promise<number> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  let count = 0;
  for (const event of events ?? []) {
    count += actionsOfEvent(event);
    const child = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution;
    if (child?.workflowId && child.runId)
      count += await actionsInHistories(client, child.workflowId, child.runId);
    const next = event.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
    if (next) count += await actionsInHistories(client, workflowId, next);
  }
  return count;
}

/** Attempts of an activity after the first show as its start's number; the first as what was scheduled. */
function actionsOfEvent(event: HistoryEvent): number {
  const attempt = event.activityTaskStartedEventAttributes?.attempt;
  if (attempt) return attempt - 1;
  const isAction =
    event.workflowExecutionStartedEventAttributes ??
    event.startChildWorkflowExecutionInitiatedEventAttributes ??
    event.activityTaskScheduledEventAttributes ??
    event.timerStartedEventAttributes ??
    event.signalExternalWorkflowExecutionInitiatedEventAttributes ??
    event.upsertWorkflowSearchAttributesEventAttributes ??
    event.markerRecordedEventAttributes;
  return isAction ? 1 : 0;
}
