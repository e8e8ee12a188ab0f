import { randomUUID } from 'node:crypto';
import type { ConnectedLake } from '../../client/command/lake-client.ts';
import { inLake } from '../../workflows/pure/ids.ts';

/** What a person's clicks in the Web UI send: the same calls to the same API. */

/** *Reset* to the first workflow task of the newest execution; answers the new execution's run id. */
export async function resetToFirstTask(lake: ConnectedLake, id: string): Promise<string> {
  const workflowId = inLake(lake.lake.id, id);
  const { runId, events } = await historyOf(lake, id);
  const firstDone = events.find((event) => event.workflowTaskCompletedEventAttributes);
  const { runId: newRunId } = await lake.client.workflowService.resetWorkflowExecution({
    namespace: lake.namespace,
    workflowExecution: { workflowId, runId },
    reason: 'reset by a person',
    requestId: randomUUID(),
    workflowTaskFinishEventId: firstDone?.eventId ?? null,
  });
  return newRunId;
}

/** *Start Workflow Like This One*: type, id, queue and input of the newest execution; answers its run id. */
export async function startLikeThisOne(lake: ConnectedLake, id: string): Promise<string> {
  const { events } = await historyOf(lake, id);
  const started = events[0]?.workflowExecutionStartedEventAttributes;
  const { runId } = await lake.client.workflowService.startWorkflowExecution({
    namespace: lake.namespace,
    workflowId: inLake(lake.lake.id, id),
    workflowType: started?.workflowType ?? null,
    taskQueue: { name: started?.taskQueue?.name ?? null },
    input: started?.input ?? null,
    requestId: randomUUID(),
  });
  return runId;
}

/** Waits for one execution's end, whether good or bad. */
export async function outcomeOf(lake: ConnectedLake, id: string, runId: string): Promise<unknown> {
  const handle = lake.client.workflow.getHandle(inLake(lake.lake.id, id), runId);
  return handle.result().catch((error: unknown) => error);
}

async function historyOf(
  lake: ConnectedLake,
  id: string,
): Promise<{ runId: string; events: NonNullable<Awaited<ReturnType<typeof fetchEvents>>> }> {
  const handle = lake.client.workflow.getHandle(inLake(lake.lake.id, id));
  const { runId } = await handle.describe();
  return { runId, events: await fetchEvents(lake, id, runId) };
}

async function fetchEvents(lake: ConnectedLake, id: string, runId: string) {
  const { events } = await lake.client.workflow.getHandle(inLake(lake.lake.id, id), runId).fetchHistory();
  return events ?? [];
}
