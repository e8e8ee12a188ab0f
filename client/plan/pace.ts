import { z } from 'zod';
import { LakeError } from '../../lake/lake-error.ts';
import type { LakeIndex } from '../../lake/lake-index.ts';

/** How fast a lake's cells go through, where no source's limit holds them up. */
export interface Pace {
  readonly cellsPerSecond: number;
  /** In the month lane; never measured in the lake's own runs. */
  readonly cellsPerSecondByMonth: number;
  /** From the plan to the first cell that is published. */
  readonly headSeconds: number;
  /** From the last one to the run's end: warehouse and report. */
  readonly tailSeconds: number;
  /** How many runs of this lake it was measured in; 0: the default, measured on two cores with the development server. */
  readonly runs: number;
}

/** What is reckoned with before a lake has runs of its own. */
export const defaultPace: Pace = {
  cellsPerSecond: 25,
  cellsPerSecondByMonth: 120,
  headSeconds: 1,
  tailSeconds: 3,
  runs: 0,
};

const newestRuns = 3;
const cellsAtLeast = 50;

const measuredRow = z.object({
  gaps: z.number(),
  busySeconds: z.number(),
  headSeconds: z.number(),
  tailSeconds: z.number(),
});

/**
 * The newest runs that ended well, each with how its publications followed one another. A gap of a second or more
 * is a wait for a source, not work.
 */
const measuredSql = `
with planned as (select run, recorded_at from run_records 
    where event = 'planned' and not json_exists(body, '$.plan.summary.byMonth')),
ended as (select run, recorded_at from run_records where event = 'ended' and outcome = 'completed'),
runs as (
    select ended.run, planned.recorded_at as planned_at, ended.recorded_at as ended_at
    from ended asof join planned on ended.run = planned.run and ended.recorded_at >= planned.recorded_at
),
published as (
    select
        runs.*, cells.recorded_at,
        epoch(cells.recorded_at - lag(cells.recorded_at) over (partition by runs.run, ended_at order by cells.recorded_at)) as gap
    from runs
    inner join cell_records as cells
        on runs.run = cells.run and cells.recorded_at between planned_at and ended_at
    where cells.event in ('published', 'unchanged')
)
select
    count(*) filter (gap < 1)::integer as gaps, coalesce(sum(gap) filter (gap < 1), 0) as "busySeconds",
    epoch(min(recorded_at) - planned_at) as "headSeconds", epoch(ended_at - max(recorded_at)) as "tailSeconds"
from published
group by run, planned_at, ended_at
having count(*) >= ${cellsAtLeast}
order by ended_at desc
limit ${newestRuns}`;

/**
 * Reads from the records how fast the newest runs of a lake were; the default where it has none that tell, or where
 * somebody else holds the index: nothing that only estimates may keep a run from starting.
 */
export async function paceOf(index: LakeIndex): Promise<Pace> {
  const rows = await index.rows(measuredSql).catch((error: unknown) => {
    if (error instanceof LakeError && error.code === 'LakeBusy') return [];
    throw error;
  });
  const runs = z.array(measuredRow).parse(rows);
  const gaps = runs.reduce((total, run) => total + run.gaps, 0);
  const seconds = runs.reduce((total, run) => total + run.busySeconds, 0);
  if (gaps < cellsAtLeast / 2 || seconds <= 0) return defaultPace;
  return {
    ...defaultPace,
    cellsPerSecond: gaps / seconds,
    headSeconds: middle(runs.map((run) => run.headSeconds)),
    tailSeconds: middle(runs.map((run) => run.tailSeconds)),
    runs: runs.length,
  };
}

function middle(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}
