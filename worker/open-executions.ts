import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { inLake } from '../workflows/pure/ids.ts';

/** Tells whether an execution is still open, by ids without the lake's. */
export function openExecutions(
  client: Client,
  lakeId: string,
): (workflowId: string, workflowRunId: string) => Promise<boolean> {
  return async (workflowId, workflowRunId) => {
    try {
      const handle = client.workflow.getHandle(inLake(lakeId, workflowId), workflowRunId);
      return (await handle.describe()).status.name === 'RUNNING';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  };
}
