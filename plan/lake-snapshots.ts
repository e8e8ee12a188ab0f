import type { LakeIndex } from '../lake/lake-index.ts';
import { wholeDayTicker } from '../sources/snapshot.ts';
import { datasetId, type DatasetId, type PartitionDate } from '../workflows/pure/cell.ts';
import type { BatchRef, RunRequest } from '../workflows/pure/run.ts';
import { isTroubleOf, type DueCell, type KnownCell } from './due-cells.ts';
import {
  dueSnapshots,
  troubledSnapshots,
  type OpenMember,
  type SnapshotDay,
  type SnapshotMemory,
} from './due-snapshots.ts';
import type { Remembered } from './memory.ts';
import type { PlannedSnapshot } from './planned-snapshots.ts';
import type { TakenReach } from './snapshot-reach.ts';

/** A lake whose snapshots are asked about. */
interface LakeOfSnapshots {
  readonly index: Pick<LakeIndex, 'rows'>;
  readonly plannedSnapshots: () => readonly PlannedSnapshot[];
}

/** What a run does about snapshots; where none is configured, or none is wanted, nobody is asked. */
export async function cellsOfSnapshots(
  { index, plannedSnapshots }: LakeOfSnapshots,
  request: RunRequest,
  now: Date,
): Promise<DueCell[]> {
  const isDaily = request.kind === 'daily';
  const snapshotDate = isDaily || request.kind === 'backfill' ? request.snapshotDate : undefined;
  const snapshots = plannedSnapshots();
  if (snapshots.length === 0 || (!isDaily && snapshotDate === undefined)) return [];
  return dueSnapshots({ snapshotDate, isDaily }, snapshots, await readSnapshots(index, snapshots), now);
}

/** What a retry of a run, or of all, does about cells of snapshots. */
export async function troubledOfSnapshots(
  { index, plannedSnapshots }: LakeOfSnapshots,
  of: string,
  troubled: readonly Remembered[],
  now: Date,
): Promise<DueCell[]> {
  const snapshots = plannedSnapshots();
  const names = new Set(snapshots.map(({ dataset }) => dataset));
  const own = troubled.filter(({ dataset, known }) => names.has(dataset) && isTroubleOf(of, known));
  if (own.length === 0) return [];
  return troubledSnapshots(snapshots, own, await readSnapshots(index, snapshots), now);
}

/** Reads what the records say of all snapshots. */
export async function readSnapshots(
  index: Pick<LakeIndex, 'rows'>,
  snapshots: readonly PlannedSnapshot[],
): Promise<SnapshotMemory> {
  if (snapshots.length === 0) return { days: [], open: [], reaches: [] };
  const names = snapshots.map((_, place) => `$dataset${place}`).join(', ');
  const values = Object.fromEntries(snapshots.map(({ dataset }, place) => [`dataset${place}`, dataset]));
  const ask = async (sql: string): Promise<Row[]> =>
    // The views' own columns: text throughout, null where a record says nothing.
    (await index.rows(sql.replaceAll('$datasets', names), values)) as Row[];
  const isReachAsked = snapshots.some(({ coverage }) => coverage.reach);
  return {
    days: (await ask(daysSql)).map(dayOf),
    open: (await ask(openSql)).flatMap(memberOfRow),
    reaches: isReachAsked ? (await ask(reachesSql)).map(reachOf) : [],
  };
}

type Row = Record<string, string | null>;

const daysSql = `
with days as (
    select source, resource, date, state, code, reason from cells where ticker = '${wholeDayTicker}'
)
select
    coalesce(taken.source, days.source) as source, coalesce(taken.resource, days.resource) as resource,
    coalesce(taken.date, days.date)::varchar as date, taken.batch_id, taken.ingestion_date, days.state, days.code, days.reason
from snapshots as taken
full join days using (source, resource, date)
where concat(coalesce(taken.source, days.source), '.', coalesce(taken.resource, days.resource)) in ($datasets)
order by all`;

/** A refusal would be the same again: only another contract or a person's word changes it. */
const openSql = `
select
    members.source, members.resource, members.ticker, members.date::varchar as date, members.batch_id,
    members.ingestion_date, cells.state, cells.code, cells.reason
from snapshot_members as members
left join cells using (source, resource, ticker, date)
where concat(members.source, '.', members.resource) in ($datasets) and coalesce(cells.state, 'failed') = 'failed'
order by members.source, members.resource, members.date, members.rank`;

/** One that was refused, or never got there, has told nobody anything. */
const reachesSql = `
select taken.source, taken.resource, taken.date::varchar as date, taken.since::varchar as since
from snapshots as taken
where concat(taken.source, '.', taken.resource) in ($datasets) and taken.since is not null and not exists (
    select 1 from snapshot_members as members
    left join cells using (source, resource, ticker, date)
    where members.source = taken.source and members.resource = taken.resource and members.date = taken.date
        and coalesce(cells.state, 'missing') <> 'published'
)
order by all`;

function reachOf(row: Row): TakenReach {
  return { ...keyOf(row), since: row['since'] ?? '' };
}

function dayOf(row: Row): SnapshotDay {
  const batch = batchOf(row);
  const known = knownOf(row);
  return { ...keyOf(row), ...(batch ? { batch } : {}), ...(known ? { known } : {}) };
}

function memberOfRow(row: Row): OpenMember[] {
  const batch = batchOf(row);
  return batch ? [{ ...keyOf(row), ticker: row['ticker'] ?? '', batch, known: knownOf(row) }] : [];
}

function keyOf(row: Row): { dataset: DatasetId; date: PartitionDate } {
  return { dataset: datasetId(row['source'] ?? '', row['resource'] ?? ''), date: row['date'] ?? '' };
}

function batchOf({ batch_id: id, ingestion_date: ingestionDate }: Row): BatchRef | undefined {
  return id && ingestionDate ? { id, ingestionDate } : undefined;
}

function knownOf({ state, code, reason }: Row): KnownCell | undefined {
  if (!state) return undefined;
  return { state: state as KnownCell['state'], ...(code ? { code } : {}), ...(reason ? { reason } : {}) };
}
