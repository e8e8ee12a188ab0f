import { Context } from '@temporalio/activity';
import { withoutLake } from '../workflows/pure/ids.ts';

/** Who is at work: the ids that go into records, manifests and file names. */
export interface Attempt {
  /** Never shared by two attempts, also of different runs of one workflow. */
  readonly id: string;
  /** Without the lake's id. */
  readonly workflowId: string;
  readonly workflowRunId: string;
}

/** Reads who is at work from the activity's context. */
export function currentAttempt(lakeId: string): Attempt {
  const { workflowExecution, activityId, attempt } = Context.current().info;
  if (!workflowExecution) throw new Error('This activity belongs to a workflow: start the workflow instead');
  const { workflowId, runId } = workflowExecution;
  return {
    id: `${runId}.${activityId}.${attempt}`,
    workflowId: withoutLake(lakeId, workflowId),
    workflowRunId: runId,
  };
}
