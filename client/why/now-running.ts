import { WorkflowNotFoundError } from '@temporalio/client';
import { inLake, partitionId } from '../../workflows/pure/ids.ts';
import type { CellKey } from '../../workflows/pure/cell.ts';
import { NobodyAnswers } from '../command/exit-code.ts';
import { connectLake, type ConnectedLake, type OpenLake } from '../command/lake-client.ts';

/** What Temporal says of a cell's workflow that is open now. */
export interface RunningCell {
  readonly workflowId: string;
  readonly workflowRunId: string;
  readonly startedAt: string;
  /** The steps it waits for, each with the number of its attempt and how the one before it failed. */
  readonly steps: readonly {
    readonly name: string;
    readonly attempt: number;
    readonly lastFailure: string | null;
  }[];
}

/** Who can say what is running: a server that answers, or the reason why nobody can. */
export type Running =
  | { readonly isKnown: true; readonly of: (cell: CellKey) => Promise<RunningCell | null> }
  | { readonly isKnown: false; readonly reason: string };

/** Finds out who can say what is running. Everything else about a cell is in the lake. */
export async function whoKnowsRunning(open: OpenLake): Promise<Running> {
  try {
    const lake = await connectLake(open);
    return { isKnown: true, of: (cell) => runningCell(lake, cell) };
  } catch (error) {
    if (!(error instanceof NobodyAnswers)) throw error;
    return { isKnown: false, reason: error.message };
  }
}

async function runningCell(lake: ConnectedLake, cell: CellKey): Promise<RunningCell | null> {
  const id = partitionId(cell);
  try {
    const found = await lake.client.workflow.getHandle(inLake(lake.lake.id, id)).describe();
    if (found.status.name !== 'RUNNING') return null;
    const steps = (found.raw.pendingActivities ?? []).map(({ activityType, attempt, lastFailure }) => ({
      name: activityType?.name ?? '',
      attempt: attempt ?? 1,
      lastFailure: lastFailure?.message ?? null,
    }));
    return { workflowId: id, workflowRunId: found.runId, startedAt: found.startTime.toISOString(), steps };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}
