import { readCloses } from '../lake/closes.ts';
import { bronzeFile, supersededFile } from '../lake/layout.ts';
import { historyLooks } from '../plan/relook.ts';
import { isHistoryRewritten, type LookedAtCell } from '../plan/rewritten.ts';
import type { DueCell, PlannedAsset } from '../plan/due-cells.ts';
import { splitDataset } from '../workflows/pure/cell.ts';
import type { PlanRef, RunContext, RunRequest } from '../workflows/pure/run.ts';
import type { ActivityDeps } from './deps.ts';
import { keepPlan } from './plan.ts';

/** What a run planned and looked at before. */
export interface HistoriesTask {
  readonly request: RunRequest;
  /** Under which name the pages are to lie. */
  readonly plannedBy: string;
}

/**
 * Plans a look at the whole history of every asset whose closes, looked at again by this run, have all changed by one
 * ratio: the rest of what is published of it is stale too. What the run has looked at is not looked at twice.
 */
export async function planHistories(
  deps: ActivityDeps,
  context: RunContext,
  { request, plannedBy }: HistoriesTask,
): Promise<PlanRef> {
  const now = deps.now();
  const cells: DueCell[] = [];
  for (const asset of await deps.plannedAssets()) {
    const looked = await lookedAt(deps, context.run, asset);
    if (!isHistoryRewritten(looked)) continue;
    const dates = new Set(looked.map(({ date }) => date));
    cells.push(...(await historyLooks(deps.index, asset, dates, now)));
  }
  return keepPlan(deps, { run: context.run, request, plannedBy }, cells, now);
}

/** What a run found of an asset's cells that it looked at again. */
async function lookedAt(deps: ActivityDeps, run: string, asset: PlannedAsset): Promise<LookedAtCell[]> {
  const { dataset, ticker } = asset;
  const rows = await deps.index.rows(
    `select date::varchar as date, event, supersedes_number from cell_records
     where run = $run and source = $source and resource = $resource and ticker = $ticker and look is not null`,
    { run, ticker, ...splitDataset(dataset) },
  );
  // The query's own columns; the number is null but where a file was replaced.
  const looked = (rows as { date: string; event: string; supersedes_number: number | null }[]).map(
    ({ date, event, supersedes_number: replaced }) => {
      const cell = { dataset, ticker, date };
      return {
        date,
        event,
        old: replaced === null ? null : supersededFile(cell, replaced),
        current: bronzeFile(cell),
      };
    },
  );
  const files = looked.flatMap(({ old, current }) => (old === null ? [] : [old, current]));
  const closes = await readCloses(deps.store, files);
  return looked.map(({ date, event, old, current }) => {
    if (event === 'unchanged') return { date, ratio: 1 };
    const [before, after] = [closes.get(old ?? ''), closes.get(current)];
    return { date, ratio: before !== undefined && after !== undefined && before > 0 ? after / before : null };
  });
}
