import { z } from 'zod';
import { readCloses } from '../lake/closes.ts';
import { bronzeFile, supersededFile } from '../lake/layout.ts';
import { historyLooks } from '../plan/relook.ts';
import { isHistoryRewritten, type LookedAtCell } from '../plan/rewritten.ts';
import type { DueCell } from '../plan/due-cells.ts';
import { datasetId } from '../workflows/pure/cell.ts';
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
  const lookedAt = await lookedAtBy(deps, context.run);
  const cells: DueCell[] = [];
  for (const asset of await deps.plannedAssets()) {
    const looked = lookedAt.get(`${asset.dataset}/${asset.ticker}`) ?? [];
    if (!isHistoryRewritten(looked)) continue;
    const dates = new Set(looked.map(({ date }) => date));
    cells.push(...(await historyLooks(deps.index, asset, dates, now)));
  }
  return keepPlan(deps, { run: context.run, request, plannedBy }, cells, now);
}

const lookedRow = z.object({
  source: z.string(),
  resource: z.string(),
  ticker: z.string(),
  date: z.string(),
  event: z.string(),
  /** Null but where a file was replaced. */
  replaced: z.number().nullable(),
});

/** What a run found of the cells that it looked at again, by dataset and ticker. */
async function lookedAtBy(
  deps: ActivityDeps,
  run: string,
): Promise<ReadonlyMap<string, readonly LookedAtCell[]>> {
  const rows = await deps.index.rows(
    `select source, resource, ticker, date::varchar as date, event, supersedes_number as replaced
     from cell_records where run = $run and look is not null`,
    { run },
  );
  const looked = z
    .array(lookedRow)
    .parse(rows)
    .map(({ source, resource, ticker, date, event, replaced }) => {
      const cell = { dataset: datasetId(source, resource), ticker, date };
      const old = replaced === null ? null : supersededFile(cell, replaced);
      return { cell, event, old, current: bronzeFile(cell) };
    });
  const files = looked.flatMap(({ old, current }) => (old === null ? [] : [old, current]));
  const closes = await readCloses(deps.store, files);
  const found = new Map<string, LookedAtCell[]>();
  for (const { cell, event, old, current } of looked) {
    const [before, after] = [closes.get(old ?? ''), closes.get(current)];
    const changed = before !== undefined && after !== undefined && before > 0 ? after / before : null;
    const key = `${cell.dataset}/${cell.ticker}`;
    const own = found.get(key) ?? [];
    found.set(key, own);
    own.push({ date: cell.date, ratio: event === 'unchanged' ? 1 : changed });
  }
  return found;
}
