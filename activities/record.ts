import { cellRecordsFolder, runRecordsFolder, windowRecordsFolder } from '../lake/layout.ts';
import { appendOnce, recordNumbers, type CellRecord } from '../lake/records.ts';
import type { CellKey } from '../workflows/pure/cell.ts';
import {
  cellsOf,
  type BatchRef,
  type JudgedAgainCause,
  type Look,
  type RunContext,
  type RunEnd,
  type WindowTask,
} from '../workflows/pure/run.ts';
import { fateOf, type LeaveOut } from '../workflows/pure/steering.ts';
import { currentAttempt } from './attempt.ts';
import type { ActivityDeps } from './deps.ts';

/** What happened to a cell, other than its publication. */
export interface CellNote extends CellKey {
  readonly event: Exclude<CellRecord['event'], 'published' | 'unchanged' | 'accepted' | 'withdrawn'>;
  readonly code?: string;
  readonly reason?: string;
  readonly batch?: BatchRef;
  /** The verdict's file, for a refusal. */
  readonly audit?: string;
  readonly contractVersion?: string;
  /** For a refusal: what was judged, by which contract, and the rules that refused it. */
  readonly contractSha256?: string;
  readonly contentSha256?: string;
  readonly symbol?: string;
  readonly rules?: readonly string[];
  readonly cause?: JudgedAgainCause;
  readonly look?: Look;
  /** For `waiting`: when the day is final. */
  readonly until?: string;
  /** A candidate that will not be published. */
  readonly discard?: string;
}

/** Appends what happened to a cell; a second attempt of the same step adds nothing. */
export async function recordCell(deps: ActivityDeps, context: RunContext, note: CellNote): Promise<void> {
  const { dataset, ticker, date, discard, rules, ...facts } = note;
  const cell = { dataset, ticker, date };
  const { workflowId, workflowRunId } = currentAttempt(deps.lake.id);
  const recordedAt = deps.now().toISOString();
  const record: CellRecord = {
    ...facts,
    ...(rules ? { rules: [...rules] } : {}),
    recordedAt,
    run: context.run,
    workflowId,
    workflowRunId,
  };
  try {
    await appendOnce(deps.store, cellRecordsFolder(cell), record);
    const { run } = context;
    deps.observe({ kind: 'cell', run, cell, outcome: note.event, code: note.code, reason: note.reason });
  } finally {
    // On a full disk the record waits for the room that this gives back.
    if (discard) await deps.store.remove(discard);
  }
}

/** Records once that a window could not be fetched; the index shows its cells, but those left out, as failed with this reason. */
export async function recordWindowFailure(
  deps: ActivityDeps,
  context: RunContext,
  task: WindowTask,
  failure: { readonly code: string; readonly reason: string },
  leaveOuts: readonly LeaveOut[] = [],
): Promise<void> {
  const { workflowId, workflowRunId } = currentAttempt(deps.lake.id);
  // What a window knows to be left out is about its own part of the plan.
  const keys = cellsOf(task).filter((cell) => fateOf(cell, leaveOuts, 0) === undefined);
  const cells = await Promise.all(
    keys.map(async ({ ticker, date, dataset }) => {
      const numbers = await recordNumbers(deps.store, cellRecordsFolder({ dataset, ticker, date }));
      return { ticker, date, after: numbers.at(-1) ?? 0 };
    }),
  );
  await appendOnce(deps.store, windowRecordsFolder(workflowId), {
    event: 'failed',
    recordedAt: deps.now().toISOString(),
    run: context.run,
    dataset: task.dataset,
    workflowId,
    workflowRunId,
    ...failure,
    cells,
  });
  const { run } = context;
  deps.observe({
    kind: 'cells',
    run,
    dataset: task.dataset,
    outcome: 'failed',
    count: cells.length,
    ...failure,
  });
}

/** Records how a run ended. */
export async function recordRunEnd(deps: ActivityDeps, context: RunContext, end: RunEnd): Promise<void> {
  const { workflowRunId } = currentAttempt(deps.lake.id);
  await appendOnce(deps.store, runRecordsFolder(context.run), {
    ...end,
    event: 'ended',
    recordedAt: deps.now().toISOString(),
    run: context.run,
    workflowRunId,
  });
  deps.observe({ kind: 'run-ended', run: context.run, end });
}
