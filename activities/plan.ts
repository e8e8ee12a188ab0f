import { jsonBytes, parseJson } from '../lake/json.ts';
import { planPageFile, runRecordsFolder } from '../lake/layout.ts';
import { appendCellRecord, appendFirstRecords, appendOnce } from '../lake/records.ts';
import type { DueCell } from '../plan/due-cells.ts';
import { makePlan, type Plan } from '../plan/plan.ts';
import { utcDateOf, type CellKey, type DatasetId } from '../workflows/pure/cell.ts';
import type { PlanPage, PlanRef, RunContext, RunRequest } from '../workflows/pure/run.ts';
import { currentAttempt } from './attempt.ts';
import { decideCells } from './decide-cells.ts';
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
  await recordClosed(deps, made.newlyClosed, run, now);
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

async function writePages(deps: ActivityDeps, made: Plan, run: string, plannedBy: string): Promise<number> {
  const count = Math.max(
    Math.ceil(made.windows.length / windowsOnPage),
    Math.ceil(made.alone.length / aloneOnPage),
  );
  for (let page = 0; page < count; page += 1) {
    const content: PlanPage = {
      windows: made.windows.slice(page * windowsOnPage, (page + 1) * windowsOnPage),
      alone: made.alone.slice(page * aloneOnPage, (page + 1) * aloneOnPage),
    };
    await deps.store.put(planPageFile(run, plannedBy, page), jsonBytes(content));
  }
  return count;
}
