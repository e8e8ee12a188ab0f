import { executeChild, isCancellation, ParentClosePolicy, proxyActivities } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Activities } from '../activities/index.ts';
import { isOwnCancellation } from './bounded-each.ts';
import { partition } from './partition.ts';
import { awaitPolicy, childTaskTimeout } from './policies.ts';
import type { CellKey } from './pure/cell.ts';
import { troubleOf } from './pure/failure.ts';
import { inLake, partitionId } from './pure/ids.ts';
import {
  emptyTally,
  tallyOfTrouble,
  type BatchRef,
  type CellOfWindow,
  type RunContext,
  type Tally,
  type WindowTask,
} from './pure/run.ts';
import { cellAttributes } from './search-attributes.ts';

/** What a window knows of a cell that it runs. */
export interface CellInWindow {
  readonly cause?: WindowTask['cause'];
  /** Tells whether a person skipped it while it was under way. */
  readonly isSkipped?: () => boolean;
}

/** Runs one cell from a staged batch and answers how it ended; whatever befalls it, it is the cell's own. */
export async function runCell(
  context: RunContext,
  cell: CellOfWindow,
  batch: BatchRef,
  { cause, isSkipped }: CellInWindow = {},
): Promise<Tally> {
  const { symbol, ...key } = cell;
  try {
    await executeChild(partition, {
      workflowId: inLake(context.lake, partitionId(key)),
      args: [
        {
          context,
          ...key,
          staged: { symbol, batch },
          ...(cause ? { cause } : {}),
        },
      ],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowTaskTimeout: childTaskTimeout,
      typedSearchAttributes: cellAttributes(key, context, 'running'),
      staticSummary: `${key.ticker} ${key.date}`,
    });
    return { ...emptyTally, published: 1 };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return awaitOther(context, key);
    if (isOwnCancellation()) throw error;
    // A cell that was skipped while it was under way has been cancelled.
    if (isCancellation(error) && isSkipped?.()) return { ...emptyTally, skipped: 1 };
    const { code, reason } = troubleOf(error);
    return tallyOfTrouble({ ...key, state: code === 'AuditRefused' ? 'refused' : 'failed', code, reason });
  }
}

/** Another run has the cell in hand: its outcome is ours. */
async function awaitOther(context: RunContext, cell: CellKey): Promise<Tally> {
  const { awaitPartition } = proxyActivities<Activities>(awaitPolicy(context.options.patienceSeconds));
  const { state, code, reason } = await awaitPartition(cell, partitionId(cell));
  if (state === 'published' || state === 'waiting' || state === 'skipped')
    return { ...emptyTally, [state]: 1 };
  return tallyOfTrouble({ ...cell, state, code, reason });
}
