import { jsonBytes, parseJson } from '../lake/json.ts';
import { cellRecordsFolder, planPageFile, runRecordsFolder } from '../lake/layout.ts';
import { recordClosedDays } from '../lake/closed-days.ts';
import { appendCellRecord, appendOnce } from '../lake/records.ts';
import type { DueCell } from '../plan/due-cells.ts';
import { makePlan, pageCountOf, pageOf, type Plan } from '../plan/plan.ts';
import { utcDateOf, type DatasetId } from '../workflows/pure/cell.ts';
import type { PlanPage, PlanRef, RunContext, RunRequest } from '../workflows/pure/run.ts';
import { currentAttempt } from './attempt.ts';
import { decideCells } from './decide-cells.ts';
import type { ActivityDeps } from './deps.ts';

/**
 * Decides what a run has to do, from the lake's memory; records the closed days and the plan itself.
 * The plan lies in the lake in pages, since five years of five hundred tickers fit in no payload.
 */
export async function plan(deps: ActivityDeps, context: RunContext, request: RunRequest): Promise<PlanRef> {
  const now = deps.now();
  const attempt = currentAttempt(deps.lake.id);
  const folder = runRecordsFolder(context.run);
  const about = { run: context.run, workflowRunId: attempt.workflowRunId };
  await appendOnce(deps.store, folder, {
    ...about,
    event: 'started',
    recordedAt: now.toISOString(),
    request,
  });
  const cells = await decideCells(deps, request, now);
  const plannedBy = attempt.workflowRunId;
  const reference = await keepPlan(deps, { run: context.run, request, plannedBy }, cells, now);
  await appendOnce(deps.store, folder, {
    ...about,
    event: 'planned',
    recordedAt: deps.now().toISOString(),
    plan: reference,
  });
  deps.observe({ kind: 'run-planned', run: context.run, summary: reference.summary });
  return reference;
}

/** Whose plan it is, and under which name its pages lie. */
interface PlanOwner {
  readonly run: string;
  readonly request: RunRequest;
  readonly plannedBy: string;
}

/** Turns decided cells into a plan, and keeps it: the closed days as records, the windows in pages. */
export async function keepPlan(
  deps: ActivityDeps,
  { run, request, plannedBy }: PlanOwner,
  cells: readonly DueCell[],
  now: Date,
): Promise<PlanRef> {
  const made = makePlan(request, cells, utcDateOf(now.getTime()));
  const about = { run, workflowRunId: plannedBy, recordedAt: now.toISOString() };
  await recordClosed(deps, made.newlyClosed, about);
  await recordSkipped(deps, made.newlySkipped, about);
  const pageCount = await writePages(deps, made, run, plannedBy);
  return { pageCount, windowCount: made.windows.length, summary: made.summary };
}

/** Reads one page of a plan that `plan` wrote; pages count from 0. */
export async function readPlanPage(
  deps: ActivityDeps,
  context: RunContext,
  where: { readonly workflowRunId: string; readonly page: number },
): Promise<PlanPage> {
  const bytes = await deps.store.get(planPageFile(context.run, where.workflowRunId, where.page));
  if (!bytes)
    throw new RangeError(`Page ${where.page} of the plan of ${context.run} is gone. Start the run again.`);
  // Written by `plan` in this same execution, by this same code.
  return parseJson(bytes) as PlanPage;
}

/** What the records call something else is said cell by cell, after what they have. */
async function recordClosed(
  deps: ActivityDeps,
  cells: readonly DueCell[],
  about: { readonly run: string; readonly workflowRunId: string; readonly recordedAt: string },
): Promise<void> {
  const closed = cells.map(({ asset: { dataset, ticker }, date, known, fate }) => ({
    cell: { dataset, ticker, date },
    reason: fate.kind === 'closed' ? fate.reason : '',
    isKnown: known !== undefined,
  }));
  const { run, recordedAt } = about;
  for (const { cell, reason, isKnown } of closed)
    if (isKnown) await appendCellRecord(deps.store, cell, { event: 'closed', recordedAt, run, reason });
  const fresh = closed.filter(({ isKnown }) => !isKnown);
  await recordClosedDays(
    deps.store,
    about,
    fresh.map(({ cell, reason }) => ({ ...cell, reason })),
  );
  for (const [dataset, count] of countsByDataset(closed.map(({ cell }) => cell)))
    deps.observe({ kind: 'cells', run, dataset, outcome: 'closed', count });
}

async function recordSkipped(
  deps: ActivityDeps,
  cells: readonly DueCell[],
  about: { readonly run: string; readonly workflowRunId: string; readonly recordedAt: string },
): Promise<void> {
  for (const {
    asset: { dataset, ticker },
    date,
    fate,
  } of cells) {
    if (fate.kind !== 'skipped' || fate.reason === undefined) continue;
    const { reason } = fate;
    const cell = { dataset, ticker, date };
    await appendOnce(deps.store, cellRecordsFolder(cell), { ...about, event: 'skipped', reason });
    deps.observe({ kind: 'cell', run: about.run, cell, outcome: 'skipped', reason });
  }
}

function countsByDataset(cells: readonly { readonly dataset: DatasetId }[]): Map<DatasetId, number> {
  const counts = new Map<DatasetId, number>();
  for (const { dataset } of cells) counts.set(dataset, (counts.get(dataset) ?? 0) + 1);
  return counts;
}

async function writePages(deps: ActivityDeps, made: Plan, run: string, plannedBy: string): Promise<number> {
  const count = pageCountOf(made);
  for (let page = 0; page < count; page += 1)
    await deps.store.put(planPageFile(run, plannedBy, page), jsonBytes(pageOf(made, page)));
  return count;
}
