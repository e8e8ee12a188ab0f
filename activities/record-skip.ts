import { cellRecordsFolder } from '../lake/layout.ts';
import { appendOnce } from '../lake/records.ts';
import { everySource } from '../plan/due-cells.ts';
import { knownCell } from '../plan/memory.ts';
import { memberOf } from '../plan/planned-snapshots.ts';
import { PlanError } from '../plan/plan-error.ts';
import type { CellState, DatasetId, PartitionDate } from '../workflows/pure/cell.ts';
import type { RunContext } from '../workflows/pure/run.ts';
import { currentAttempt } from './attempt.ts';
import type { ActivityDeps } from './deps.ts';

/** A cell that a person gives up. */
export interface SkipNote {
  readonly ticker: string;
  readonly date: PartitionDate;
  /** Null: the one from which the ticker is taken. */
  readonly dataset: DatasetId | null;
  readonly reason: string;
}

/** Which cell that was, and how it stands now. */
export interface SkipOutcome {
  readonly dataset: DatasetId;
  readonly state: Extract<CellState, 'skipped' | 'published' | 'closed'>;
}

/** Records that a cell is given up, unless it is published or closed, or was given up for the same reason. */
export async function recordSkip(
  deps: ActivityDeps,
  context: RunContext,
  { ticker, date, dataset, reason }: SkipNote,
): Promise<SkipOutcome> {
  const assets = everySource(await deps.plannedAssets());
  const snapshot = deps.plannedSnapshots().find((one) => one.dataset === dataset);
  const asset = snapshot
    ? memberOf(snapshot, ticker)
    : assets.find((one) => one.ticker === ticker && (dataset ?? one.dataset) === one.dataset);
  if (!asset) {
    throw new PlanError(
      `${ticker} cannot be skipped: it is no ticker of ${dataset ?? 'this lake'}. Known: ${[...new Set(assets.map((one) => one.ticker))].join(', ')}.`,
    );
  }
  const cell = { dataset: asset.dataset, ticker, date };
  const known = await knownCell(deps.index, cell);
  if (known?.state === 'published') return { dataset: asset.dataset, state: 'published' };
  if (known?.state === 'closed' || !asset.calendar.day(date).isOpen)
    return { dataset: asset.dataset, state: 'closed' };
  if (known?.state !== 'skipped' || known.reason !== reason) {
    const { workflowId, workflowRunId } = currentAttempt(deps.lake.id);
    const recordedAt = deps.now().toISOString();
    const { run } = context;
    const record = { event: 'skipped', recordedAt, run, workflowId, workflowRunId, reason };
    await appendOnce(deps.store, cellRecordsFolder(cell), record);
  }
  return { dataset: asset.dataset, state: 'skipped' };
}
