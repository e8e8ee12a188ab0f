import { z } from 'zod';
import { wholeDayTicker } from '../../sources/snapshot.ts';
import { cellStates, type DatasetId, type PartitionDate } from '../../workflows/pure/cell.ts';
import { countOf } from '../../workflows/pure/count-of.ts';
import type { OpenLake } from '../command/lake-client.ts';

const dayRow = z.object({
  dataset: z.string(),
  date: z.string(),
  /** Null where it was not taken. */
  top: z.number().nullable(),
  repeated: z.number(),
  /** How the cell stands that stands for the whole day; null where there is none. */
  state: z.enum(cellStates).nullable(),
  reason: z.string().nullable(),
  members: z
    .string()
    .transform((text) => z.partialRecord(z.enum(cellStates), z.number()).parse(JSON.parse(text))),
});

/** One day of a snapshot: how many were asked for, and how its cells stand. */
export type SnapshotStanding = Readonly<z.infer<typeof dayRow>>;

const sql = `
with members as (
    select
        members.source, members.resource, members.date, coalesce(cells.state, 'missing') as state, count(*)::integer as count
    from snapshot_members as members
    left join cells using (source, resource, ticker, date)
    where members.date between $from::date and $to::date
    group by all
), counts as (
    select source, resource, date, json_group_object(state, count)::varchar as members from members group by all
), days as (
    select source, resource, date, state, reason from cells
    where ticker = '${wholeDayTicker}' and date between $from::date and $to::date
), taken as (
    select * from snapshots where date between $from::date and $to::date
)
select
    concat(coalesce(taken.source, days.source), '.', coalesce(taken.resource, days.resource)) as dataset,
    coalesce(taken.date, days.date)::varchar as date, taken.top, coalesce(len(taken.repeated), 0)::integer as repeated,
    case when taken.date is null then days.state end as state, case when taken.date is null then days.reason end as reason,
    coalesce(counts.members, '{}') as members
from taken
full join days using (source, resource, date)
left join counts using (source, resource, date)
order by dataset, date`;

/** Reads from the records how the configured snapshots of a range stand, each with its days that anything is known of. */
export async function snapshotsOf(
  open: Pick<OpenLake, 'index' | 'plannedSnapshots'>,
  { from, to }: { readonly from: PartitionDate; readonly to: PartitionDate },
): Promise<SnapshotStanding[]> {
  const datasets = new Set(open.plannedSnapshots().map(({ dataset }) => dataset));
  if (datasets.size === 0) return [];
  const rows = z.array(dayRow).parse(await open.index.rows(sql, { from, to }));
  return rows.filter(({ dataset }) => datasets.has(dataset));
}

/** Tells whether nothing is left to mend: given up is settled, too. */
export function isSnapshotSettled({ state, members }: SnapshotStanding): boolean {
  const open = (members.refused ?? 0) + (members.failed ?? 0) + (members.missing ?? 0);
  return open === 0 && (state === null || state === 'skipped');
}

/** More days than these are counted, not named. */
const daysNamed = 5;

/** Says of each snapshot on which days it was taken, and which days are not as they should be. */
export function snapshotLines(standings: readonly SnapshotStanding[]): string[] {
  const byDataset = new Map<DatasetId, SnapshotStanding[]>();
  for (const day of standings) byDataset.set(day.dataset, [...(byDataset.get(day.dataset) ?? []), day]);
  return [...byDataset].flatMap(([dataset, days]) => {
    const newest = days.filter(({ top }) => top !== null).at(-1);
    const odd = days.filter((day) => day !== newest && (day.top === null || !isSnapshotSettled(day)));
    const named = odd.slice(-daysNamed);
    const more =
      odd.length > named.length ? [`  and ${countOf(odd.length - named.length, 'earlier day')}`] : [];
    return [
      newest ? `${dataset} ${dayWords(newest)}${othersWords(days, newest)}` : `${dataset}: not taken yet`,
      ...named.map((day) => `  ${dayWords(day)}`),
      ...more,
      ...(days.every(isSnapshotSettled) ? [] : ['  mend it with: npx tsx client/retry.ts --all']),
    ];
  });
}

/** `2026-11-21: 100 members (first 100): 98 published, 2 refused`. */
function dayWords({ date, top, state, reason, members, repeated }: SnapshotStanding): string {
  if (top === null) return `${date} ${state ?? 'missing'}${reason === null ? '' : `: ${reason}`}`;
  const counts = cellStates.flatMap((name) => (members[name] ? [`${members[name]} ${name}`] : []));
  const count = Object.values(members).reduce<number>((sum, one) => sum + (one ?? 0), 0);
  const moved =
    repeated === 0
      ? ''
      : `; ${countOf(repeated, 'member')} came twice, so that as many may be missing that moved up meanwhile`;
  return `${date}: ${countOf(count, 'member')} of the first ${top}: ${counts.join(', ') || 'none'}${moved}`;
}

function othersWords(days: readonly SnapshotStanding[], newest: SnapshotStanding): string {
  const others = days.filter((day) => day !== newest && day.top !== null).length;
  return others === 0 ? '' : `; and ${countOf(others, 'day')} before`;
}
