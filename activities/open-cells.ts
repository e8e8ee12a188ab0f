import { isGrpcServiceError } from '@temporalio/client';
import { withoutLake } from '../workflows/pure/ids.ts';
import type { ActivityDeps } from './deps.ts';

/** As many as a page may show; a run has some hundreds at once at the most. */
const openMost = 1_000;

/** Lists the cells of this lake whose workflow is open, by ids without the lake's; null where the server cannot say. */
export async function openCells(deps: ActivityDeps): Promise<string[] | null> {
  const open: string[] = [];
  const query = 'WorkflowType = "partition" and ExecutionStatus = "Running"';
  try {
    for await (const { workflowId } of deps.client.workflow.list({ query })) {
      const id = withoutLake(deps.lake.id, workflowId);
      if (id !== workflowId) open.push(id);
      if (open.length >= openMost) break;
    }
    return open;
  } catch (error) {
    if (isGrpcServiceError(error)) return null;
    throw error;
  }
}
