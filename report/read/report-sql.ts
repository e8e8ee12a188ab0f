import { cellStates } from '../../workflows/pure/cell.ts';
import { acceptedGlyph, glyphOf } from '../../workflows/pure/glyphs.ts';

/** The questions that the page asks a warehouse. They shape and count; what things mean is computed by the models. */

/** The last return row of an asset, which also is its last observed close; others read it as `last_closes`. */
export const lastClosesSql = `
select ticker, price_date, close, simple_return, previous_date from marts.fct_daily_returns
qualify row_number() over (partition by ticker order by price_date desc) = 1`;

/** The configured assets with their last closes, Bitcoin first. */
export const assetsSql = `
select assets.*, last.close, last.simple_return as day_return, last.previous_date
from marts.dim_assets as assets
left join last_closes as last using (ticker)
order by (assets.ticker = 'BTC') desc, assets.class, assets.ticker`;

/** The returns of all assets and periods. */
export const performanceSql = `select * from marts.rpt_performance_summary order by ticker, period_start desc, period`;

/** The publications behind the closes that the page shows. */
export const lineageSql = `
with shown as (
    select ticker, price_date from last_closes
    union select ticker, start_date from marts.rpt_performance_summary
    union select ticker, end_date from marts.rpt_performance_summary
)
select lineage.* from metadata.lineage as lineage
inner join shown using (ticker, price_date)
inner join marts.fct_daily_prices as prices using (ticker, price_date, dataset)
order by ticker, price_date`;

/** The measures of risk. */
export const volatilitySql = `
select * from marts.rpt_volatility_comparison
order by ticker, window_days`;

/** The last day of each simulated investment. */
export const investmentsSql = `
select * from marts.rpt_investment_simulation
qualify row_number() over (partition by ticker, strategy order by price_date desc) = 1
order by ticker, strategy`;

/** Every cell; of a ticker that two datasets give, the one that is configured. */
export const cellsSql = `
select cells.* from metadata.cells as cells
left join marts.dim_assets as assets using (ticker)
where assets.dataset is null or assets.dataset = cells.dataset`;

/** Those of them that grids show: a snapshot has hundreds of members, and each day may have others. */
export const gridSql = `select * from (${cellsSql}) where not is_snapshot`;

const glyphCase = `case when is_accepted then '${acceptedGlyph}' ${cellStates.map((state) => `when state = '${state}' then '${glyphOf[state]}'`).join(' ')} else '?' end`;

/** One line of characters for each ticker and month. */
export function monthsSql(cells: string): string {
  return `
with days as (
    select ticker, price_date, ${glyphCase} as glyph from ${cells}
),
months as (
    select distinct ticker, date_trunc('month', price_date)::date as month from days
),
filled as (
    select months.ticker, months.month, numbers.day, coalesce(days.glyph, ' ') as glyph
    from months
    cross join range(1, 32) as numbers (day)
    left join days
        on months.ticker = days.ticker
        and days.price_date = months.month + cast(numbers.day - 1 as integer)
)
select ticker, strftime(month, '%Y-%m') as month, rtrim(string_agg(glyph, '' order by day)) as glyphs
from filled
where month + cast(day - 1 as integer) <= last_day(month)
group by ticker, month
order by month desc, (ticker = 'BTC') desc, ticker`;
}

/** The cells of the newest days. */
export function recentSql(cells: string, days: number): string {
  return `
with found as (select * from ${cells})
select * from found
where price_date > (select max(price_date) from found) - ${days}
order by price_date desc, (ticker = 'BTC') desc, ticker`;
}

/** The cells that want attention, newest first, at most so many. */
export function notableSql(cells: string, most: number): string {
  return `
select * from ${cells}
where state in ('refused', 'failed', 'missing') or is_restated or is_accepted
    or (state = 'skipped' and workflow_id is not null)
order by price_date desc, ticker
limit ${most}`;
}

/** How many cells are in each state. */
export function statesSql(cells: string): string {
  return `
select state, count(*) as cells, count(*) filter (where is_restated) as restated,
    count(*) filter (where is_accepted) as accepted from ${cells}
group by state`;
}

/** How many audits ended in which way. */
export const auditsSql = `
select outcome, count(*) as audits from metadata.pipeline_steps
where step = 'audit'
group by outcome
order by outcome`;

/** The rules that failed. */
export const failedRulesSql = `
select
    source || '.' || resource as dataset, rule, coalesce(severity, 'error') as severity, count(*) as audits, max(price_date)::varchar as last_date,
    max_by(ticker || ' ' || price_date::varchar || ': measured ' || coalesce(measured, 'nothing')
        || ', expected ' || coalesce(expected, 'nothing'), audited_at) as example
from metadata.quality_results
where outcome = 'failed'
group by all
order by audits desc, dataset, rule
limit 50`;

/** The longest gaps. */
export const gapsSql = `
select * from intermediate.int_market__data_gaps
order by missing_open_days desc, last_missing_date desc, ticker
limit 50`;

/** How many prices of each asset come from a source after its first. */
export const fallbacksSql = `
select ticker, dataset, count(*) as days, min(price_date)::varchar as first_date, max(price_date)::varchar as last_date
from marts.fct_daily_prices
where is_fallback and price_status = 'OBSERVED'
group by ticker, dataset
order by days desc, ticker, dataset`;

/** How far two datasets disagree. */
export const conflictsSql = `
select
    ticker, chosen_dataset, other_dataset, chosen_fixing, other_fixing, count(*) as days,
    count(*) filter (where abs(difference_pct) > 0.0005) as differing_days,
    count(*) filter (where is_beyond_tolerance) as intolerable_days, max(tolerance_pct) as tolerance_pct,
    arg_max(difference_pct, abs(difference_pct)) as largest_pct,
    arg_max(price_date, abs(difference_pct))::varchar as largest_date
from metadata.source_conflicts
group by all
order by abs(largest_pct) desc nulls last, ticker
limit 50`;

/** Events in which a source restated closes, one row each. */
const restatementEventsSql = `
select
    ticker, event_id, event_cells::integer as cells, min(price_date)::varchar as "firstDate",
    max(price_date)::varchar as "lastDate", 100 * (any_value(event_ratio) - 1) as "changePct",
    any_value(looks_like_split) as split, max(recorded_at) as recorded_at
from metadata.restatements
where cause = 'source'
group by ticker, event_id, event_cells`;

/** The newest event in which closes of each asset were restated; of one run's, the largest. */
export const restatementsSql = `
select * exclude (recorded_at) from (${restatementEventsSql}) as events
qualify row_number() over (partition by ticker order by recorded_at desc, cells desc, event_id) = 1
order by ticker`;

/** The events since an instant, largest first. */
export function restatedSinceSql(instant: string): string {
  return `select * exclude (recorded_at) from (${restatementEventsSql}) as events
    where recorded_at > timestamptz '${new Date(instant).toISOString()}' order by cells desc, event_id`;
}

/** What each dataset gave. */
export const sourcesSql = `
select
    dataset,
    case when count(distinct ticker) > 12 then count(distinct ticker)::varchar || ' tickers'
        else string_agg(distinct ticker, ', ' order by ticker) end as tickers,
    count(*) as cells, count(distinct batch_id) as batches,
    coalesce(string_agg(distinct contract_version, ', ' order by contract_version), '') as contract_versions,
    min(fetched_at) as first_fetched_at, max(fetched_at) as last_fetched_at
from metadata.lineage
group by dataset
order by dataset`;

/** The newest runs. */
export const runsSql = `
select run, workflow_run_id, status, started_at, ended_at from metadata.pipeline_runs
order by started_at desc nulls last, run
limit 10`;
