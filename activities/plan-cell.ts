import { z } from 'zod';
import { runDayOf } from '../plan/catch-up.ts';
import { finalAt, newestFinalDate } from '../plan/finality.ts';
import { earliestDate, everySource } from '../plan/due-cells.ts';
import { PlanError } from '../plan/plan-error.ts';
import { readCellRecords } from '../lake/records.ts';
import { SourceError } from '../sources/source-error.ts';
import { splitDataset, utcDateOf, type CellKey, type PartitionDate } from '../workflows/pure/cell.ts';
import type { BatchRef } from '../workflows/pure/run.ts';
import type { ActivityDeps } from './deps.ts';

/** What a cell that runs alone has to do. */
export type CellPlan =
  /** A snapshot's member: it is taken from the batch that has it, and never asked for. */
  | { readonly kind: 'staged'; readonly symbol: string; readonly batch: BatchRef }
  | { readonly kind: 'closed'; readonly reason: string; readonly isKnown: boolean }
  | { readonly kind: 'open'; readonly symbol: string; readonly finalAt: string; readonly waitMs: number };

/** Decides whether a lone cell's day is open, and from when it is final. */
export async function planCell(deps: ActivityDeps, cell: CellKey): Promise<CellPlan> {
  const snapshot = deps.plannedSnapshots().find(({ dataset }) => dataset === cell.dataset);
  if (snapshot) return planMember(deps, cell);
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

/** Finds the batch of a snapshot's day, and the member in it. @throws SourceError `DayOver`, PlanError */
async function planMember(deps: ActivityDeps, cell: CellKey): Promise<CellPlan> {
  const { dataset, ticker, date } = cell;
  const { source, resource } = splitDataset(dataset);
  const values = { source, resource, date };
  const [taken] = await deps.index.rows(`select batch_id from snapshots where ${ofDay}`, values);
  if (!taken) {
    throw new SourceError(
      'DayOver',
      `${ticker} ${date} is a cell of the snapshot ${dataset}, and no snapshot of that day is in the lake. ` +
        'A snapshot is taken whole, by the daily run of its day: npx tsx client/daily.ts. A past day is given up.',
    );
  }
  const [member] = await deps.index.rows(
    `select member_id, batch_id, ingestion_date from snapshot_members where ${ofDay} and ticker = $ticker`,
    { ...values, ticker },
  );
  const found = memberRow.safeParse(member);
  if (found.success) {
    const { member_id: symbol, batch_id: id, ingestion_date: ingestionDate } = found.data;
    return { kind: 'staged', symbol, batch: { id, ingestionDate } };
  }
  throw new PlanError(
    `${ticker} was not in the snapshot ${dataset} of ${date}. Name a cell of a coin that was; the record of its batch lists them.`,
  );
}

const ofDay = 'source = $source and resource = $resource and date = $date::date';
const memberRow = z.object({ member_id: z.string(), batch_id: z.string(), ingestion_date: z.string() });

/** The run that a tick of the schedule is for. */
export interface TickPlan {
  readonly date: PartitionDate;
  /** The UTC day of which the run takes the configured snapshots, if that is today. */
  readonly snapshotDate: PartitionDate;
}

/**
 * Names the day of the run that a tick of the schedule is for: the newest that was final when it was due, or, where ticks
 * were missed, the run whose week that day lies in. Its snapshots are of the UTC day on which it was due. Late ticks that
 * share the run of the newest day take today's, since whichever comes first starts it.
 */
export async function planDay(deps: ActivityDeps, dueAt: string): Promise<TickPlan> {
  const assets = await deps.plannedAssets();
  const finalities = assets.map((asset) => asset.final);
  const now = deps.now();
  const newest = newestFinalDate(now, finalities);
  const due = newestFinalDate(new Date(dueAt), finalities);
  const date = runDayOf(due, newest);
  const isLate = due < newest;
  const snapshotDate = utcDateOf(isLate && date === newest ? now.getTime() : Date.parse(dueAt));
  return { date, snapshotDate };
}
