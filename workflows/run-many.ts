import { executeChild, ParentClosePolicy, proxyActivities } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Activities } from '../activities/index.ts';
import { boundedEach, isOwnCancellation } from './bounded-each.ts';
import { lot } from './lot.ts';
import { month } from './month.ts';
import { awaitPolicy, childTaskTimeout } from './policies.ts';
import { splitDataset, type CellKey } from './pure/cell.ts';
import { troubleOf, type Trouble } from './pure/failure.ts';
import { inLake, lotId, monthId } from './pure/ids.ts';
import { monthsAtOnce } from './pure/month.ts';
import { apart, cellOfMany, type ManyCells } from './pure/many.ts';
import { emptyTally, troublesNamed, type RunContext, type Tally } from './pure/run.ts';
import type { LeaveOut } from './pure/steering.ts';
import { runAttributes } from './search-attributes.ts';

/** Cells of a window that are run many at a time, and what the window says of them meanwhile. */
export interface ManyOfWindow {
  readonly parts: readonly ManyCells[];
  /** How many cells may be in hand at once. */
  readonly share: () => number;
  /** Tells what a person left out. */
  readonly fateOf: (cell: CellKey) => LeaveOut['fate'] | undefined;
  readonly add: (outcome: Tally) => void;
}

/** Runs a window's cells a month or a lot at a time, but those that were left out before theirs began. */
export async function runMany(context: RunContext, window: ManyOfWindow): Promise<void> {
  const { parts, share, add } = window;
  await boundedEach(
    parts,
    () => monthsAtOnce(share()),
    async (cells) => {
      const wanted = withoutLeftOut(window, cells);
      if (apart(wanted).ones.length > 0) add(await runPart(context, wanted));
    },
  );
}

function withoutLeftOut(window: ManyOfWindow, cells: ManyCells): ManyCells {
  const { key } = apart(cells);
  const isWanted = (own: string): boolean => !leftOut(window, cellOfMany(key, own));
  return 'members' in cells
    ? { ...cells, members: cells.members.filter(({ ticker }) => isWanted(ticker)) }
    : { ...cells, dates: cells.dates.filter(isWanted) };
}

function leftOut({ fateOf, add }: ManyOfWindow, cell: CellKey): boolean {
  const fate = fateOf(cell);
  if (fate !== undefined) add({ ...emptyTally, [fate]: 1 });
  return fate !== undefined;
}

/** How the child is called that does a part, and how the Web UI names it. */
function nameOf(cells: ManyCells): { readonly id: string; readonly summary: string } {
  if ('members' in cells) {
    const { dataset, date, number, batch, members } = cells;
    return { id: lotId({ dataset, date }, number, batch.id), summary: `${date}, ${members.length} members` };
  }
  const { dataset, ticker, dates, batch } = cells;
  const id = monthId({ dataset, ticker, date: dates[0] ?? '' }, batch.id);
  return { id, summary: `${ticker} ${dates[0]}..${dates.at(-1)}` };
}

async function runPart(context: RunContext, cells: ManyCells): Promise<Tally> {
  const { id, summary } = nameOf(cells);
  try {
    return await executeChild('members' in cells ? lot : month, {
      workflowId: inLake(context.lake, id),
      args: [{ context, cells }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowTaskTimeout: childTaskTimeout,
      typedSearchAttributes: runAttributes(context, splitDataset(cells.dataset).source),
      staticSummary: summary,
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return awaitOther(context, cells, id);
    if (isOwnCancellation()) throw error;
    return allFailed(cells, troubleOf(error));
  }
}

/** The same cells of the same batch are in hand already, as after a reset of their window: its outcome is ours. */
async function awaitOther(context: RunContext, cells: ManyCells, id: string): Promise<Tally> {
  const { awaitWorkflow } = proxyActivities<Activities>(awaitPolicy(context.options.patienceSeconds));
  const other = await awaitWorkflow(id);
  // The result of a month or a lot is its tally, whoever started it.
  if (other.outcome === 'completed') return other.result as Tally;
  return allFailed(cells, { code: 'WindowFailed', reason: other.reason });
}

/** A month or a lot that somebody ended; what it had published by then stays so. */
function allFailed(cells: ManyCells, trouble: Trouble): Tally {
  const { key, ones } = apart(cells);
  const state = 'failed' as const;
  const troubles =
    'members' in cells
      ? ones.slice(0, troublesNamed).map(({ own }) => ({ ...cellOfMany(key, own), state, ...trouble }))
      : [{ ...cellOfMany(key, cells.dates[0] ?? ''), to: cells.dates.at(-1) ?? '', state, ...trouble }];
  return { ...emptyTally, failed: ones.length, troubles };
}
