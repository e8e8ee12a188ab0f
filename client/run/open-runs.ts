import { withoutLake } from '../../workflows/pure/ids.ts';
import type { ConnectedLake } from '../command/lake-client.ts';

/** An execution that is open now. */
export interface OpenExecution {
  /** Without the lake's id. */
  readonly id: string;
  readonly startedAt: Date;
}

const runTypes = ['backfill', 'dailyRun', 'retryFailed', 'reaudit'];

/** Lists the runs of this lake that are open. */
export async function openRuns(lake: ConnectedLake): Promise<OpenExecution[]> {
  return openOfTypes(lake, runTypes);
}

/** Lists the cells and months of this lake whose workflow is open, by the ids that `partitionId` and `monthId` make. */
export async function openCells(lake: ConnectedLake): Promise<OpenExecution[]> {
  return openOfTypes(lake, ['partition', 'month']);
}

async function openOfTypes(lake: ConnectedLake, types: readonly string[]): Promise<OpenExecution[]> {
  const names = types.map((type) => `"${type}"`).join(', ');
  // Only what every server knows stands in the query, not our own attributes. The lake's id is compared here,
  // since not every visibility store can ask for the beginning of an id.
  const query = `WorkflowType in (${names}) and ExecutionStatus = "Running"`;
  const open: OpenExecution[] = [];
  for await (const { workflowId, startTime } of lake.client.workflow.list({ query })) {
    const id = withoutLake(lake.lake.id, workflowId);
    if (id !== workflowId) open.push({ id, startedAt: startTime });
  }
  return open;
}
