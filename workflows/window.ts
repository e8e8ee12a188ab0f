import {
  ApplicationFailure,
  continueAsNew,
  defineQuery,
  defineSignal,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Activities } from '../activities/index.ts';
import { boundedEach, isOwnCancellation } from './bounded-each.ts';
import { fetchBatch } from './fetch-batch.ts';
import { partition } from './partition.ts';
import { awaitPolicy, planPolicy } from './policies.ts';
import type { CellKey } from './pure/cell.ts';
import { troubleOf } from './pure/failure.ts';
import { inLake, partitionId } from './pure/ids.ts';
import {
  addTallies,
  emptyTally,
  tallyOfTrouble,
  type BatchRef,
  type RunContext,
  type Tally,
  type WindowTask,
} from './pure/run.ts';
import { rebuildModel } from './rebuild-model.ts';
import { runMonths } from './run-months.ts';
import { cellAttributes } from './search-attributes.ts';
import { whyUnrecorded } from './why-unrecorded.ts';

/** One window of a run. */
export interface WindowInput {
  readonly context: RunContext;
  readonly task: WindowTask;
  /** How many of its cells may run at once; the run changes it by `share`. */
  readonly share: number;
  /** What an earlier page of this window brought along. */
  readonly carried?: {
    readonly batch: BatchRef;
    readonly firstCell: number;
    readonly tally: Tally;
    readonly isAlone: boolean;
  };
}

/** Tells an open window how many of its cells may run at once. */
export const shareSignal = defineSignal<[number]>('share');
/** Asks an open window how its cells stand. */
export const windowProgressQuery = defineQuery<Tally>('windowProgress');

const cellsInPage = 250;

/**
 * Fetches and stages one answer, then runs its cells, a bounded number at a time. A cell that fails is red
 * by itself and stops no other; a window whose answer cannot be had fails once, for all its cells. A window
 * that was reset or started by hand ends with the model, since its run is over.
 */
export async function window(input: WindowInput): Promise<Tally> {
  const isAlone = input.carried?.isAlone ?? isWithoutRun();
  let share = input.share;
  let tally = input.carried?.tally ?? emptyTally;
  setHandler(shareSignal, (next) => void (share = next));
  setHandler(windowProgressQuery, () => tally);

  const batch = input.carried?.batch ?? input.task.batch ?? (await fetchOrFail(input));
  const cells = cellsOf(input.task);
  const firstCell = input.carried?.firstCell ?? 0;
  const page = cells.slice(firstCell, firstCell + cellsInPage);
  const add = (outcome: Tally): void => void (tally = addTallies(tally, outcome));
  const isByMonth = input.task.grain === 'month';
  if (isByMonth) await runMonths(input.context, input.task, batch, () => share, add);
  else
    await boundedEach(
      page,
      () => share,
      async (cell) => add(await runCell(input.context, cell, batch)),
    );

  if (isByMonth || firstCell + cellsInPage >= cells.length) {
    if (isAlone) await rebuildModel(input.context);
    return tally;
  }
  return continueAsNew<typeof window>({
    ...input,
    share,
    carried: { batch, firstCell: firstCell + cellsInPage, tally, isAlone },
  });
}

/** True where no open run will rebuild the model after this workflow: asked on a window's first page only. */
export function isWithoutRun(): boolean {
  const { parent, runId, firstExecutionRunId } = workflowInfo();
  return parent === undefined || runId !== firstExecutionRunId;
}

async function fetchOrFail(input: WindowInput): Promise<BatchRef> {
  const { context, task } = input;
  try {
    return await fetchBatch(context, task.dataset, task.ask, task.id.replace(/^window\//, ''));
  } catch (error) {
    if (isCancellation(error)) throw error;
    const trouble = troubleOf(error);
    const { recordWindowFailure } = proxyActivities<Activities>(planPolicy(context.options.patienceSeconds));
    const message = trouble.reason + (await whyUnrecorded(recordWindowFailure(context, task, trouble)));
    const count = task.assets.length * task.dates.length;
    setCurrentDetails(
      `**${task.id}** could not be fetched: its ${count} cells are **failed**.\n\n${message}`,
    );
    throw ApplicationFailure.create({ message, type: trouble.code, nonRetryable: true });
  }
}

/** Runs one cell from a staged batch and answers how it ended; whatever befalls it, it is the cell's own. */
export async function runCell(context: RunContext, cell: CellOfWindow, batch: BatchRef): Promise<Tally> {
  const { symbol, ...key } = cell;
  try {
    await executeChild(partition, {
      workflowId: inLake(context.lake, partitionId(key)),
      args: [{ context, ...key, staged: { symbol, batch } }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      typedSearchAttributes: cellAttributes(key, context, 'running'),
      staticSummary: `${key.ticker} ${key.date}`,
    });
    return { ...emptyTally, published: 1 };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return awaitOther(context, key);
    if (isOwnCancellation()) throw error;
    const { code, reason } = troubleOf(error);
    return tallyOfTrouble({ ...key, state: code === 'AuditRefused' ? 'refused' : 'failed', code, reason });
  }
}

/** Another run has the cell in hand: its outcome is ours. */
async function awaitOther(context: RunContext, cell: CellKey): Promise<Tally> {
  const { awaitPartition } = proxyActivities<Activities>(awaitPolicy(context.options.patienceSeconds));
  const { state, code, reason } = await awaitPartition(cell, partitionId(cell));
  if (state === 'published' || state === 'waiting') return { ...emptyTally, [state]: 1 };
  return tallyOfTrouble({ ...cell, state, code, reason });
}

/** A cell, and the source's name of its asset. */
export type CellOfWindow = CellKey & { readonly symbol: string };

function cellsOf({ dataset, assets, dates }: WindowTask): CellOfWindow[] {
  return assets.flatMap(({ ticker, symbol }) => dates.map((date) => ({ dataset, ticker, symbol, date })));
}
