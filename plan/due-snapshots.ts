import { wholeDayTicker } from '../sources/snapshot.ts';
import {
  addDays,
  datesBetween,
  utcDateOf,
  type DatasetId,
  type PartitionDate,
} from '../workflows/pure/cell.ts';
import type { BatchRef } from '../workflows/pure/run.ts';
import { lookBackDays, type DueCell, type KnownCell } from './due-cells.ts';
import type { Remembered } from './memory.ts';
import { sinceOf, type TakenReach } from './snapshot-reach.ts';
import { memberOf, wholeDayOf, type PlannedSnapshot } from './planned-snapshots.ts';

/** What a run is to do about snapshots. */
export interface SnapshotRequest {
  /** The UTC day of which it is to take them; undefined: none. */
  readonly snapshotDate: PartitionDate | undefined;
  /** True where it also records the days that were missed, and takes up members that did not get there. */
  readonly isDaily: boolean;
}

/** A day of a snapshot, as the records have it. */
export interface SnapshotDay {
  readonly dataset: DatasetId;
  readonly date: PartitionDate;
  /** Undefined where it was not taken. */
  readonly batch?: BatchRef;
  /** How the cell stands that stands for the whole day; undefined where there is none. */
  readonly known?: KnownCell;
}

/** A member of a snapshot that is neither published nor given up, nor refused for good. */
export interface OpenMember {
  readonly dataset: DatasetId;
  readonly ticker: string;
  readonly date: PartitionDate;
  readonly batch: BatchRef;
  readonly known: KnownCell | undefined;
}

/** What the records say of snapshots. */
export interface SnapshotMemory {
  readonly days: readonly SnapshotDay[];
  readonly open: readonly OpenMember[];
  /** Of dated facts: the snapshots that were taken, and published whole. */
  readonly reaches: readonly TakenReach[];
}

/**
 * Decides what becomes of snapshots: today's is taken, unless it was; a past day that was not taken since the first one
 * is given up, with its reason; a member that did not get there is taken from the batch that has it, and never asked for.
 */
export function dueSnapshots(
  { snapshotDate, isDaily }: SnapshotRequest,
  snapshots: readonly PlannedSnapshot[],
  { days, open, reaches }: SnapshotMemory,
  now: Date,
): DueCell[] {
  const today = utcDateOf(now.getTime());
  return snapshots.flatMap((snapshot): DueCell[] => {
    const own = new Map(days.filter(isOf(snapshot)).map((day) => [day.date, day]));
    const taken = snapshotDate === today ? takeDay(snapshot, own.get(today), today, reaches) : [];
    if (!isDaily) return taken;
    const since = addDays(today, 1 - lookBackDays);
    const members = open
      .filter(isOf(snapshot))
      .filter(({ date }) => date >= since)
      .map((member) => memberCell(snapshot, member));
    return [...missedDays(snapshot, own, today), ...members, ...taken];
  });
}

/** What a retry is to do about cells of snapshots: members from their batch, a whole day only on the day itself. */
export function troubledSnapshots(
  snapshots: readonly PlannedSnapshot[],
  troubled: readonly Remembered[],
  { days, reaches }: SnapshotMemory,
  now: Date,
): DueCell[] {
  const today = utcDateOf(now.getTime());
  return snapshots.flatMap((snapshot) =>
    troubled.filter(isOf(snapshot)).flatMap(({ ticker, date, known }): DueCell[] => {
      const day = days.filter(isOf(snapshot)).find((one) => one.date === date);
      if (ticker !== wholeDayTicker)
        return day?.batch ? [memberCell(snapshot, { ...day, ticker, known, batch: day.batch })] : [];
      if (date === today)
        return takeDay(snapshot, { dataset: snapshot.dataset, date, known }, today, reaches);
      return [givenUp(snapshot, date, known)];
    }),
  );
}

function isOf({ dataset }: PlannedSnapshot): (one: { readonly dataset: DatasetId }) => boolean {
  return (one) => one.dataset === dataset;
}

function takeDay(
  snapshot: PlannedSnapshot,
  day: SnapshotDay | undefined,
  date: PartitionDate,
  reaches: readonly TakenReach[],
): DueCell[] {
  if (day?.batch || day?.known?.state === 'skipped') return [];
  const since = sinceOf(snapshot, reaches.filter(isOf(snapshot)), date);
  const asset = { ...wholeDayOf(snapshot), ...(since ? { since } : {}) };
  return [{ asset, date, known: day?.known, fate: { kind: 'todo' } }];
}

function memberCell(
  snapshot: PlannedSnapshot,
  { ticker, date, batch, known = { state: 'missing' } }: Omit<OpenMember, 'dataset'>,
): DueCell {
  return { asset: memberOf(snapshot, ticker), date, known: { ...known, batch }, fate: { kind: 'todo' } };
}

/** Days are counted from the first that the lake knows anything of. */
function missedDays(
  snapshot: PlannedSnapshot,
  days: ReadonlyMap<PartitionDate, SnapshotDay>,
  today: PartitionDate,
): DueCell[] {
  const first = [...days.keys()].sort()[0];
  if (first === undefined) return [];
  return datesBetween(first, addDays(today, -1)).flatMap((date) => {
    const day = days.get(date);
    return day?.batch || day?.known?.state === 'skipped' ? [] : [givenUp(snapshot, date, day?.known)];
  });
}

function givenUp(snapshot: PlannedSnapshot, date: PartitionDate, known: KnownCell | undefined): DueCell {
  const why = known?.reason === undefined ? '' : ` (${known.code ?? known.state}: ${known.reason})`;
  const reason = `it was not taken on its day${why}, and how a past day stood cannot be asked for afterwards`;
  return { asset: wholeDayOf(snapshot), date, known, fate: { kind: 'skipped', reason } };
}
