import { executeChild, ParentClosePolicy, proxyActivities } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Activities } from '../activities/index.ts';
import { boundedEach, isOwnCancellation } from './bounded-each.ts';
import { month } from './month.ts';
import { awaitPolicy, childTaskTimeout } from './policies.ts';
import { splitDataset, type CellKey } from './pure/cell.ts';
import { troubleOf, type Trouble } from './pure/failure.ts';
import { inLake, monthId } from './pure/ids.ts';
import { monthsAtOnce, monthsOf, type MonthCells } from './pure/month.ts';
import { emptyTally, type BatchRef, type RunContext, type Tally, type WindowTask } from './pure/run.ts';
import type { LeaveOut } from './pure/steering.ts';
import { runAttributes } from './search-attributes.ts';

/** A window whose cells are run a month at a time, and what it says of them meanwhile. */
export interface MonthsOfWindow {
  readonly task: WindowTask;
  readonly batch: BatchRef;
  /** How many cells may be in hand at once. */
  readonly share: () => number;
  /** Tells what a person left out. */
  readonly fateOf: (cell: CellKey) => LeaveOut['fate'] | undefined;
  readonly add: (outcome: Tally) => void;
}

/** Runs a window's cells a month at a time, but those that were left out before their month began. */
export async function runMonths(context: RunContext, months: MonthsOfWindow): Promise<void> {
  const { task, batch, share, add } = months;
  await boundedEach(
    monthsOf(task, batch),
    () => monthsAtOnce(share()),
    async (cells) => {
      const dates = cells.dates.filter((date) => !leftOut(months, { ...cells, date }));
      if (dates.length > 0) add(await runMonth(context, { ...cells, dates }));
    },
  );
}

function leftOut({ fateOf, add }: MonthsOfWindow, { dataset, ticker, date }: CellKey): boolean {
  const fate = fateOf({ dataset, ticker, date });
  if (fate !== undefined) add({ ...emptyTally, [fate]: 1 });
  return fate !== undefined;
}

async function runMonth(context: RunContext, cells: MonthCells): Promise<Tally> {
  const { dataset, ticker, dates, batch } = cells;
  const id = monthId({ dataset, ticker, date: dates[0] ?? '' }, batch.id);
  try {
    return await executeChild(month, {
      workflowId: inLake(context.lake, id),
      args: [{ context, cells }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowTaskTimeout: childTaskTimeout,
      typedSearchAttributes: runAttributes(context, splitDataset(dataset).source),
      staticSummary: `${ticker} ${dates[0]}..${dates.at(-1)}`,
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return awaitOther(context, cells, id);
    if (isOwnCancellation()) throw error;
    return allFailed(cells, troubleOf(error));
  }
}

/** The same month of the same batch is in hand already, as after a reset of its window: its outcome is ours. */
async function awaitOther(context: RunContext, cells: MonthCells, id: string): Promise<Tally> {
  const { awaitWorkflow } = proxyActivities<Activities>(awaitPolicy(context.options.patienceSeconds));
  const other = await awaitWorkflow(id);
  // A month's result is its tally, whoever started it.
  if (other.outcome === 'completed') return other.result as Tally;
  return allFailed(cells, { code: 'WindowFailed', reason: other.reason });
}

/** A month that somebody ended; what it had published by then stays so. */
function allFailed({ dataset, ticker, dates }: MonthCells, trouble: Trouble): Tally {
  const [date = '', to = date] = [dates[0], dates.at(-1)];
  const troubles = [{ dataset, ticker, date, to, state: 'failed' as const, ...trouble }];
  return { ...emptyTally, failed: dates.length, troubles };
}
