import { Context } from '@temporalio/activity';
import { withoutLake } from '../workflows/pure/ids.ts';

/** Who is at work: the ids that go into records, manifests and file names. */
export interface Attempt {
  /** Never shared by two attempts, also of different runs of one workflow. */
  readonly id: string;
  /** The ids of the same step's attempts before this one, whose answers nobody ever got. */
  readonly earlierIds: readonly string[];
  /** Without the lake's id. */
  readonly workflowId: string;
  readonly workflowRunId: string;
}

/** Reads who is at work from the activity's context. */
export function currentAttempt(lakeId: string): Attempt {
  const { workflowExecution, activityId, attempt } = Context.current().info;
  if (!workflowExecution) throw new Error('This activity belongs to a workflow: start the workflow instead');
  const { workflowId, runId } = workflowExecution;
  const idOf = (number: number): string => `${runId}.${activityId}.${number}`;
  return {
    id: idOf(attempt),
    earlierIds: Array.from({ length: attempt - 1 }, (_, index) => idOf(index + 1)),
    workflowId: withoutLake(lakeId, workflowId),
    workflowRunId: runId,
  };
}
