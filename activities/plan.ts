import { jsonBytes, parseJson } from '../lake/json.ts';
import { planPageFile, runRecordsFolder } from '../lake/layout.ts';
import { recordClosedDays } from '../lake/closed-days.ts';
import { appendCellRecord, appendOnce } from '../lake/records.ts';
import { dueCells, troubledCells, type DueCell } from '../plan/due-cells.ts';
import { knownCells, memoryFor } from '../plan/memory.ts';
import { makePlan, pageCountOf, pageOf, type Plan } from '../plan/plan.ts';
import { utcDateOf } from '../workflows/pure/cell.ts';
import type { PlanPage, PlanRef, RunContext, RunRequest } from '../workflows/pure/run.ts';
import { currentAttempt, type Attempt } from './attempt.ts';
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
  const made = makePlan(request, cells, utcDateOf(now.getTime()));
  await recordClosed(deps, made.newlyClosed, { ...about, recordedAt: now.toISOString() });
  const pageCount = await writePages(deps, made, context.run, attempt);
  const reference = { pageCount, windowCount: made.windows.length, summary: made.summary };
  await appendOnce(deps.store, folder, {
    ...about,
    event: 'planned',
    recordedAt: deps.now().toISOString(),
    plan: reference,
  });
  return reference;
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

async function decideCells(deps: ActivityDeps, request: RunRequest, now: Date): Promise<DueCell[]> {
  const assets = await deps.plannedAssets();
  if (request.kind !== 'retry')
    return dueCells(request, assets, await memoryFor(deps.index, request, assets, now), now);
  return troubledCells(request.of, await knownCells(deps.index, 'troubled'), assets);
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
}

async function writePages(deps: ActivityDeps, made: Plan, run: string, attempt: Attempt): Promise<number> {
  const count = pageCountOf(made);
  for (let page = 0; page < count; page += 1)
    await deps.store.put(planPageFile(run, attempt.workflowRunId, page), jsonBytes(pageOf(made, page)));
  return count;
}
