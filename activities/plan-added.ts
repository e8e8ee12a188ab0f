import { PlanError } from '../plan/plan-error.ts';
import type { DueCell } from '../plan/due-cells.ts';
import { cellSegments } from '../lake/layout.ts';
import {
  cellsOf,
  type PlanPart,
  type PlanRef,
  type RunContext,
  type RunRequest,
} from '../workflows/pure/run.ts';
import { fateOf, type LeaveOut } from '../workflows/pure/steering.ts';
import type { ActivityDeps } from './deps.ts';
import { decideCells } from './decide-cells.ts';
import { keepPlan, readPlanPage } from './plan.ts';

/** What is added to a run that is open. */
export interface Addition {
  readonly request: RunRequest;
  /** Under which name its pages are to lie. */
  readonly plannedBy: string;
  /** What the run has planned before. */
  readonly parts: readonly PlanPart[];
  readonly leaveOuts: readonly LeaveOut[];
}

/**
 * Plans what is added to a run: the cells of the request that are still to do and that no part of the run has
 * planned, or that were taken out of it since. It counts what it adds, and nothing that the run has counted.
 */
export async function planAdded(
  deps: ActivityDeps,
  context: RunContext,
  { request, plannedBy, parts, leaveOuts }: Addition,
): Promise<PlanRef> {
  const now = deps.now();
  await refuseUnknown(deps, request);
  const known = await plannedCells(deps, context, parts, leaveOuts);
  const added = (await decideCells(deps, request, now)).filter((cell) => isAdded(cell, known));
  return keepPlan(deps, { run: context.run, request, plannedBy }, added, now);
}

async function refuseUnknown(deps: ActivityDeps, request: RunRequest): Promise<void> {
  if (request.kind !== 'backfill' || !request.tickers) return;
  const known = new Set((await deps.plannedAssets()).map(({ ticker }) => ticker));
  const unknown = request.tickers.filter((ticker) => !known.has(ticker));
  if (unknown.length === 0) return;
  throw new PlanError(
    `${unknown.join(', ')} cannot be added: no such ticker in marketlake.yaml. Known: ${[...known].join(', ')}.`,
  );
}

/** The cells that the run will still run, or has run, by their segments of a path. */
export async function plannedCells(
  deps: ActivityDeps,
  context: RunContext,
  parts: readonly PlanPart[],
  leaveOuts: readonly LeaveOut[],
): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for (const part of parts) {
    for (let page = 0; page < part.pageCount; page += 1) {
      const where = { workflowRunId: part.plannedBy, page };
      const { windows, alone } = await readPlanPage(deps, context, where);
      for (const cell of [...windows.flatMap(cellsOf), ...alone])
        if (fateOf(cell, leaveOuts, part.number) === undefined) known.add(cellSegments(cell));
    }
  }
  return known;
}

function isAdded({ asset, date, fate, known }: DueCell, planned: ReadonlySet<string>): boolean {
  if (fate.kind === 'closed') return known?.state !== 'closed';
  if (fate.kind !== 'todo' && fate.kind !== 'waiting') return false;
  return !planned.has(cellSegments({ dataset: asset.dataset, ticker: asset.ticker, date }));
}
