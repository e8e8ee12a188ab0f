import { z } from 'zod';
import type { FindingOf } from '../alert.ts';
import type { Ask } from './ask.ts';

const row = z.object({
  dataset: z.string(),
  ticker: z.string(),
  date: z.string(),
  state: z.enum(['refused', 'failed']),
  code: z.string(),
  reason: z.string(),
  good: z.number(),
  rules: z.string(),
});

/** A cell that was well in between is told anew: the number of its last good record is part of the incident. */
const sql = `
with bad as materialized (
    select * from cells where state in ('refused', 'failed')
), good as (
    select source, resource, ticker, date, max(number)::integer as number
    from cell_records semi join bad using (source, resource, ticker, date)
    where event in ('published', 'unchanged', 'closed')
    group by all
)
select
    bad.source || '.' || bad.resource as dataset, bad.ticker, bad.date::varchar as date, bad.state,
    coalesce(bad.code, 'Unknown') as code, coalesce(bad.reason, '') as reason, coalesce(good.number, 0) as good,
    case when bad.state = 'refused' then coalesce(newest.body ->> '$.rules', '[]') else '[]' end as rules
from bad
left join good using (source, resource, ticker, date)
left join cell_records as newest
    on newest.source = bad.source and newest.resource = bad.resource and newest.ticker = bad.ticker
    and newest.date = bad.date and newest.number = bad.number
order by dataset, bad.ticker, bad.date`;

/** Finds every cell that is refused or failed now. */
export async function findCells(ask: Ask): Promise<FindingOf<'refused' | 'failed'>[]> {
  return z
    .array(row)
    .parse(await ask(sql))
    .map(({ state, good, rules, ...cell }) => ({
      ...cell,
      kind: state,
      incident: `${cell.dataset}/${cell.ticker}/${cell.date}@${good}`,
      rules: z.array(z.string()).parse(JSON.parse(rules)).sort(),
    }));
}
