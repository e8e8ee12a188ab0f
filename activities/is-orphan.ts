import { WorkflowNotFoundError } from '@temporalio/client';
import { inLake } from '../workflows/pure/ids.ts';
import type { ActivityDeps } from './deps.ts';

/**
 * Tells whether a window's run is open no more, so that nobody tells it anything: one that was terminated or
 * reset leaves its windows open. A window without a run needs nobody, and one that has ended neither.
 */
export async function isOrphan({ client, lake }: ActivityDeps, window: string): Promise<boolean> {
  try {
    const { raw, status } = await client.workflow.getHandle(inLake(lake.id, window)).describe();
    const parent = raw.workflowExecutionInfo?.parentExecution;
    if (status.name !== 'RUNNING' || !parent?.workflowId) return false;
    const run = await client.workflow.getHandle(parent.workflowId, parent.runId ?? undefined).describe();
    return run.status.name !== 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return true;
    throw error;
  }
}
