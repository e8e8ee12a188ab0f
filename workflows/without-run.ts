import { workflowInfo } from '@temporalio/workflow';

/** True where no open run will rebuild the model after this workflow: asked on a window's first page only. */
export function isWithoutRun(): boolean {
  const { parent, runId, firstExecutionRunId } = workflowInfo();
  return parent === undefined || runId !== firstExecutionRunId;
}
