import { z } from 'zod';
import { alertKinds, severities } from './alert.ts';
import type { Ask } from './find/ask.ts';

const row = z.object({
  kind: z.enum(alertKinds),
  key: z.string(),
  severity: z.enum(severities),
  state: z.enum(['open', 'over', 'happened']),
  title: z.string(),
  items: z.string(),
  itemCount: z.number(),
  command: z.string().nullable(),
  run: z.string(),
  told_at: z.string(),
  over_at: z.string().nullable(),
  deliveries: z.string(),
});

const delivery = z.object({
  webhook: z.string(),
  /** What was told: that it is so, or that it is over. */
  of: z.enum(['opened', 'happened', 'resolved']),
  outcome: z.enum(['waiting', 'delivered', 'undelivered']),
  reason: z.string().nullable(),
});

/** How one alert stands, and who was told of it. */
export type StandingAlert = Omit<z.infer<typeof row>, 'items' | 'deliveries' | 'told_at' | 'over_at'> & {
  readonly items: readonly string[];
  readonly toldAt: string;
  readonly overAt: string | null;
  readonly deliveries: readonly z.infer<typeof delivery>[];
};

const iso = (column: string): string => `strftime(${column} at time zone 'UTC', '%Y-%m-%dT%H:%M:%SZ')`;

const sql = `
with states as (
    select *, row_number() over (partition by kind, key order by number desc) = 1 as is_newest
    from alert_records where event in ('opened', 'happened', 'resolved', 'eased')
), news as (
    select * from states where event in ('opened', 'happened')
    qualify row_number() over (partition by kind, key order by number desc) = 1
), addressed as (
    select kind, key, number, event, unnest(from_json(body -> '$.webhooks', '["VARCHAR"]')) as webhook
    from states where event <> 'eased'
), outcomes as (
    select * from alert_records where event in ('delivered', 'undelivered')
    qualify row_number() over (partition by kind, key, of_number, webhook order by number desc) = 1
), deliveries as (
    select
        addressed.kind, addressed.key,
        to_json(list({
            'webhook': addressed.webhook, 'of': addressed.event, 'outcome': coalesce(outcomes.event, 'waiting'),
            'reason': outcomes.body ->> '$.reason'
        } order by addressed.number, addressed.webhook)) as deliveries
    from addressed
    left join outcomes
        on outcomes.kind = addressed.kind and outcomes.key = addressed.key
        and outcomes.of_number = addressed.number and outcomes.webhook = addressed.webhook
    group by all
)
select
    states.kind, states.key, news.body ->> '$.severity' as severity,
    case when states.event in ('opened', 'eased') then 'open' when states.event = 'resolved' then 'over'
        else 'happened' end as state,
    news.body ->> '$.title' as title, news.body ->> '$.items' as items,
    (news.body ->> '$.itemCount')::integer as "itemCount", news.body ->> '$.command' as command, news.run,
    ${iso('news.recorded_at')} as told_at,
    case when states.event = 'resolved' then ${iso('states.recorded_at')} end as over_at,
    coalesce(deliveries.deliveries::varchar, '[]') as deliveries
from states
join news using (kind, key)
left join deliveries using (kind, key)
where states.is_newest and (states.event in ('opened', 'eased') or states.recorded_at > $since::timestamptz)
order by news.recorded_at desc, states.kind, states.key`;

/** Reads the alerts that are open, and those that happened or were over since an instant, the newest first. */
export async function listAlerts(ask: Ask, since: Date): Promise<StandingAlert[]> {
  const found = z.array(row).parse(await ask(sql, { since: since.toISOString() }));
  return found.map(({ told_at: toldAt, over_at: overAt, ...alert }) => ({
    ...alert,
    toldAt,
    overAt,
    items: z.array(z.string()).parse(JSON.parse(alert.items)),
    deliveries: z.array(delivery).parse(JSON.parse(alert.deliveries)),
  }));
}
