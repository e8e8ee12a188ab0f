import { WorkflowNotFoundError } from '@temporalio/client';
import { NobodyAnswers } from '../command/exit-code.ts';
import { connectLake, type OpenLake } from '../command/lake-client.ts';
import { openRuns } from '../run/open-runs.ts';
import type { CellKey } from '../../workflows/pure/cell.ts';
import { inLake, partitionId } from '../../workflows/pure/ids.ts';
import { leaveAct } from './send-act.ts';

/**
 * Tells every open run that a cell is given up, so that none begins it or goes on with it; answers which runs
 * that were. Where no server answers nothing runs, and the records are enough.
 */
export async function tellOfSkip(open: OpenLake, cell: CellKey, reason: string): Promise<string[]> {
  try {
    const lake = await connectLake(open);
    const runs = (await openRuns(lake)).map(({ id }) => id);
    for (const run of runs) await leaveAct(lake, run, 'skip', { ...cell, reason });
    // With a run open, the run does it, after its window has heard.
    if (runs.length === 0)
      await lake.client.workflow.getHandle(inLake(lake.lake.id, partitionId(cell))).cancel();
    return runs;
  } catch (error) {
    if (error instanceof NobodyAnswers || error instanceof WorkflowNotFoundError) return [];
    throw error;
  }
}
