import { z } from 'zod';
import type { FindingOf } from '../alert.ts';
import type { Ask } from './ask.ts';

const row = z.object({
  run: z.string(),
  outcome: z.enum(['incomplete', 'failed']),
  code: z.string(),
  reason: z.string(),
  refused: z.number(),
  failed: z.number(),
});

/**
 * A run whose newest end was not good is told until it ends well, until none of its cells is refused or failed any
 * more, or, where it could not go on, until a younger run of its kind could.
 */
const sql = `
with ends as (
    select
        *, split_part(run, '/', 1) as kind,
        row_number() over (partition by run order by number desc) = 1 as is_newest
    from run_records
    where event = 'ended' and outcome <> 'cancelled'
)
select
    ends.run, ends.outcome, coalesce(ends.code, 'Unknown') as code, coalesce(ends.reason, '') as reason,
    coalesce((ends.body ->> '$.tally.refused')::integer, 0) as refused,
    coalesce((ends.body ->> '$.tally.failed')::integer, 0) as failed
from ends
where ends.is_newest and ends.recorded_at > $since::timestamptz
    and case ends.outcome
        when 'incomplete' then exists (
            select 1 from cells where cells.run = ends.run and cells.state in ('refused', 'failed')
        )
        when 'failed' then not exists (
            select 1 from ends as later
            where later.kind = ends.kind and later.recorded_at > ends.recorded_at
                and later.outcome in ('completed', 'incomplete')
        )
        else false
    end
order by ends.run`;

/** Finds the runs since an instant that ended badly and were not made good. */
export async function findRuns(ask: Ask, since: Date): Promise<FindingOf<'incomplete'>[]> {
  return z
    .array(row)
    .parse(await ask(sql, { since: since.toISOString() }))
    .map((run) => ({ ...run, kind: 'incomplete', incident: run.run }));
}
