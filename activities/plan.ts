import { jsonBytes, parseJson } from '../lake/json.ts';
import { planPageFile, runRecordsFolder } from '../lake/layout.ts';
import { appendCellRecord, appendFirstRecords, appendOnce } from '../lake/records.ts';
import { dueCells, troubledCells, type DueCell } from '../plan/due-cells.ts';
import { knownCells, readMemory } from '../plan/memory.ts';
import { makePlan, type Plan } from '../plan/plan.ts';
import { utcDateOf, type CellKey, type DatasetId } from '../workflows/pure/cell.ts';
import type { PlanPage, PlanRef, RunContext, RunRequest } from '../workflows/pure/run.ts';
import { currentAttempt, type Attempt } from './attempt.ts';
import type { ActivityDeps } from './deps.ts';

const windowsOnPage = 20;
const aloneOnPage = 200;

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
  await recordClosed(deps, made.newlyClosed, context.run, now);
  const pageCount = await writePages(deps, made, context.run, attempt);
  const reference = { pageCount, windowCount: made.windows.length, summary: made.summary };
  await appendOnce(deps.store, folder, {
    ...about,
    event: 'planned',
    recordedAt: deps.now().toISOString(),
    plan: reference,
  });
  deps.observe({ kind: 'run-planned', run: context.run, summary: made.summary });
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
  if (request.kind !== 'retry') return dueCells(request, assets, await readMemory(deps.index), now);
  return troubledCells(request.of, await knownCells(deps.index, 'troubled'), assets);
}

async function recordClosed(
  deps: ActivityDeps,
  cells: readonly DueCell[],
  run: string,
  now: Date,
): Promise<void> {
  const byReason = new Map<string, CellKey[]>();
  const counts = new Map<DatasetId, number>();
  for (const cell of cells) {
    const reason = cell.fate.kind === 'closed' ? cell.fate.reason : '';
    const record = { event: 'closed' as const, recordedAt: now.toISOString(), run, reason };
    const key = { dataset: cell.asset.dataset, ticker: cell.asset.ticker, date: cell.date };
    counts.set(key.dataset, (counts.get(key.dataset) ?? 0) + 1);
    if (cell.known) await appendCellRecord(deps.store, key, record);
    else byReason.set(reason, [...(byReason.get(reason) ?? []), key]);
  }
  for (const [reason, keys] of byReason) {
    await appendFirstRecords(deps.store, keys, {
      event: 'closed',
      recordedAt: now.toISOString(),
      run,
      reason,
    });
  }
  for (const [dataset, count] of counts)
    deps.observe({ kind: 'cells', run, dataset, outcome: 'closed', count });
}

async function writePages(deps: ActivityDeps, made: Plan, run: string, attempt: Attempt): Promise<number> {
  const count = Math.max(
    Math.ceil(made.windows.length / windowsOnPage),
    Math.ceil(made.alone.length / aloneOnPage),
  );
  for (let page = 0; page < count; page += 1) {
    const content: PlanPage = {
      windows: made.windows.slice(page * windowsOnPage, (page + 1) * windowsOnPage),
      alone: made.alone.slice(page * aloneOnPage, (page + 1) * aloneOnPage),
    };
    await deps.store.put(planPageFile(run, attempt.workflowRunId, page), jsonBytes(content));
  }
  return count;
}
