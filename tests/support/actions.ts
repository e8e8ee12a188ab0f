import type { Client } from '@temporalio/client';

type HistoryEvent = NonNullable<
  Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>['events']
>[number];

/** Actions that Temporal Cloud would bill; of them signals from one workflow to another, and attempts after the first. */
export interface CountedActions {
  readonly total: number;
  readonly signals: number;
  readonly retries: number;
}

/** Counts a workflow's actions in its histories: its continuations are followed, and its children with theirs. */
export async function actionsInHistories(
  client: Client,
  workflowId: string,
  runId: string,
): Promise<CountedActions> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  let total = 0;
  let signals = 0;
  let retries = 0;
  for (const event of events ?? []) {
    total += actionsOfEvent(event);
    if (event.signalExternalWorkflowExecutionInitiatedEventAttributes) signals += 1;
    retries += Math.max(0, (event.activityTaskStartedEventAttributes?.attempt ?? 1) - 1);
    for (const [id, run] of followersOf(event, workflowId)) {
      const further = await actionsInHistories(client, id, run);
      total += further.total;
      signals += further.signals;
      retries += further.retries;
    }
  }
  return { total, signals, retries };
}

/** The execution that an event names as begun: a child, or the workflow's own continuation. */
function followersOf(event: HistoryEvent, workflowId: string): [id: string, run: string][] {
  const child = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution;
  if (child?.workflowId && child.runId) return [[child.workflowId, child.runId]];
  const next = event.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  return next ? [[workflowId, next]] : [];
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
