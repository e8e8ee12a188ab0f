import { executeChild, isCancellation, ParentClosePolicy, proxyActivities } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { CellOutcome } from '../activities/await-partition.ts';
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
  type Look,
  type RunContext,
  type Tally,
  type WindowTask,
} from './pure/run.ts';
import { cellAttributes } from './search-attributes.ts';

/** What a window knows of a cell that it runs. */
export interface CellInWindow {
  readonly cause?: WindowTask['cause'];
  /** Which planned look it is, where it is published. */
  readonly look?: Look | undefined;
}

/** Runs one cell from a staged batch and answers how it ended; whatever befalls it, it is the cell's own. */
export async function runCell(
  context: RunContext,
  cell: CellOfWindow,
  batch: BatchRef,
  { cause, look }: CellInWindow = {},
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
          ...(look === undefined ? {} : { look }),
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
    if (isCancellation(error) && (await isGivenUp(context, key))) return { ...emptyTally, skipped: 1 };
    const { code, reason } = troubleOf(error);
    return tallyOfTrouble({ ...key, state: code === 'AuditRefused' ? 'refused' : 'failed', code, reason });
  }
}

/** A cell that is skipped while it is under way is cancelled, which is said in its records first. */
async function isGivenUp(context: RunContext, cell: CellKey): Promise<boolean> {
  return (await outcomeOf(context, cell)).state === 'skipped';
}

/** Another run has the cell in hand: its outcome is ours. */
async function awaitOther(context: RunContext, cell: CellKey): Promise<Tally> {
  const { state, code, reason } = await outcomeOf(context, cell);
  if (state === 'published' || state === 'waiting' || state === 'skipped')
    return { ...emptyTally, [state]: 1 };
  return tallyOfTrouble({ ...cell, state, code, reason });
}

function outcomeOf(context: RunContext, cell: CellKey): Promise<CellOutcome> {
  const { awaitPartition } = proxyActivities<Activities>(awaitPolicy(context.options.patienceSeconds));
  return awaitPartition(cell, partitionId(cell));
}
