import { runDayOf } from '../plan/catch-up.ts';
import { finalAt, newestFinalDate } from '../plan/finality.ts';
import { earliestDate, everySource } from '../plan/due-cells.ts';
import { PlanError } from '../plan/plan-error.ts';
import { readCellRecords } from '../lake/records.ts';
import type { CellKey, PartitionDate } from '../workflows/pure/cell.ts';
import type { ActivityDeps } from './deps.ts';

/** What a cell that runs alone has to do. */
export type CellPlan =
  | { readonly kind: 'closed'; readonly reason: string; readonly isKnown: boolean }
  | { readonly kind: 'open'; readonly symbol: string; readonly finalAt: string; readonly waitMs: number };

/** Decides whether a lone cell's day is open, and from when it is final. */
export async function planCell(deps: ActivityDeps, cell: CellKey): Promise<CellPlan> {
  const assets = everySource(await deps.plannedAssets());
  const asset = assets.find(({ dataset, ticker }) => dataset === cell.dataset && ticker === cell.ticker);
  if (!asset) {
    throw new PlanError(
      `${cell.ticker} is not an asset of ${cell.dataset}. Name it in marketlake.yaml, or ask for one that is there.`,
    );
  }
  const now = deps.now();
  const earliest = earliestDate(asset, now);
  if (earliest !== null && cell.date < earliest) {
    throw new PlanError(
      `${cell.ticker} ${cell.date} lies beyond what ${cell.dataset} gives on its plan: nothing before ${earliest}. Skip the cell with a reason.`,
    );
  }
  const day = asset.calendar.day(cell.date);
  if (!day.isOpen) {
    const last = (await readCellRecords(deps.store, cell)).at(-1);
    return { kind: 'closed', reason: day.note ?? 'no session', isKnown: last?.record.event === 'closed' };
  }
  const final = finalAt(cell.date, asset.final);
  const waitMs = Math.max(0, final.getTime() - now.getTime());
  return { kind: 'open', symbol: asset.symbol, finalAt: final.toISOString(), waitMs };
}

/**
 * Names the day of the run that a tick of the schedule is for: the newest that was final when it was due, or, where ticks
 * were missed, the run whose week that day lies in.
 */
export async function planDay(deps: ActivityDeps, dueAt: string): Promise<PartitionDate> {
  const assets = await deps.plannedAssets();
  const finalities = assets.map((asset) => asset.final);
  return runDayOf(newestFinalDate(new Date(dueAt), finalities), newestFinalDate(deps.now(), finalities));
}
