-- A period's start and end are observed closes of their dates, within the period, and none of the asset's closes in
-- that unit lies in the period before the one or after the other.
-- severity: error
with spanned as (

    select
        summary.ticker,
        summary.period,
        min(unified.price_date) as first_date,
        max(unified.price_date) as last_date
    from marts.rpt_performance_summary as summary
    inner join intermediate.int_market__unified_prices as unified
        on summary.ticker = unified.ticker
        and summary.unit = unified.unit
        and unified.price_date >= summary.period_start
        and unified.price_date <= summary.period_end
    group by summary.ticker, summary.period

)

select
    summary.ticker,
    summary.period,
    summary.start_date,
    summary.end_date
from marts.rpt_performance_summary as summary
left join spanned
    on summary.ticker = spanned.ticker and summary.period = spanned.period
left join intermediate.int_market__unified_prices as starts
    on summary.ticker = starts.ticker and summary.start_date = starts.price_date
left join intermediate.int_market__unified_prices as ends
    on summary.ticker = ends.ticker and summary.end_date = ends.price_date
left join marts.fct_daily_prices as start_prices
    on summary.ticker = start_prices.ticker and summary.start_date = start_prices.price_date
left join marts.fct_daily_prices as end_prices
    on summary.ticker = end_prices.ticker and summary.end_date = end_prices.price_date
where
    start_prices.price_status is distinct from 'OBSERVED'
    or end_prices.price_status is distinct from 'OBSERVED'
    or summary.start_close is distinct from starts.close_split_adjusted
    or summary.end_close is distinct from ends.close_split_adjusted
    or (summary.period_start is not null and summary.start_date is distinct from spanned.first_date)
    or (summary.period_start is not null and summary.end_date is distinct from spanned.last_date)
