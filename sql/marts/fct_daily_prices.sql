-- The price of every asset on every calendar day, from its first observed day to the last day of the data. On a
-- day without an observation the last close is carried forward and the row says IMPUTED; close_usd, batch, observed_at
-- and published_at are then those of the close that was carried. Open, high, low and volume are never carried. Prices
-- are in the asset's own currency; close_usd is the close in US dollars, null where it has none (an index, or a
-- currency without a rate).
-- grain: asset x calendar day
-- key: ticker, price_date
-- sources: intermediate.int_market__observed_prices, intermediate.int_market__judgements, intermediate.int_market__unified_prices, marts.dim_dates, lake.days
-- column price_date: The calendar day; on a day without an observation the close is that of observed_date.
-- column price_status: OBSERVED where the close is of this day, IMPUTED where it is carried forward.
-- column audit_status: PASSED, ACCEPTED (refused by a rule, and let through by a person) or REFUSED (published before, refused now); metadata.lineage has the reason. On an imputed day that of the close that was carried.
-- column close: The close as traded, in currency; carried forward on an imputed day.
-- column close_usd: The close in US dollars, carried like close; null where it has none.
-- column is_fallback: True where the close is not of the asset's first dataset, since that has none of observed_date.
-- column days_since_observed: The calendar days from observed_date to price_date; 0 on an observed day.
-- column is_open: True where the asset's calendar is open on this day.
-- column observed_date: The trading day whose close this is.
with observed as (

    select * from intermediate.int_market__observed_prices

),

numbered as (

    select
        observed.*,
        case when unified.unit = 'USD' then unified.close end as close_usd,
        judgements.audit_status,
        row_number() over (partition by observed.ticker order by observed.price_date) as observation_number
    from observed
    inner join intermediate.int_market__unified_prices as unified
        on observed.ticker = unified.ticker and observed.price_date = unified.price_date
    left join intermediate.int_market__judgements as judgements
        on observed.dataset = judgements.dataset
        and observed.ticker = judgements.ticker
        and observed.price_date = judgements.price_date

),

first_days as (

    select
        observed.ticker,
        min(observed.price_date) as first_date
    from observed
    group by observed.ticker

),

last_day as (

    select max(observed.price_date) as last_date
    from observed

),

spine as (

    select
        first_days.ticker,
        dates.calendar_date,
        dates.day_number
    from first_days
    cross join last_day
    inner join marts.dim_dates as dates
        on dates.calendar_date >= first_days.first_date and dates.calendar_date <= last_day.last_date

),

counted as (

    -- The number of observations so far names the newest of them.
    select
        spine.ticker,
        spine.calendar_date,
        spine.day_number,
        count(observed.close) over (
            partition by spine.ticker
            order by spine.calendar_date
            rows between unbounded preceding and current row
        ) as observation_number
    from spine
    left join observed
        on spine.ticker = observed.ticker and spine.calendar_date = observed.price_date

),

carried as (

    select
        counted.ticker,
        counted.calendar_date as price_date,
        numbered.dataset,
        numbered.currency,
        numbered.fixing,
        counted.day_number - numbered.day_number as days_since_observed,
        case when counted.day_number = numbered.day_number then numbered.open end as open,
        case when counted.day_number = numbered.day_number then numbered.high end as high,
        case when counted.day_number = numbered.day_number then numbered.low end as low,
        numbered.close,
        numbered.close_usd,
        case when counted.day_number = numbered.day_number then numbered.volume end as volume,
        numbered.price_date as observed_date,
        numbered.batch_id,
        numbered.schema_version,
        numbered.audit_status,
        numbered.is_fallback,
        numbered.observed_at,
        numbered.published_at
    from counted
    inner join numbered
        on counted.ticker = numbered.ticker and counted.observation_number = numbered.observation_number

),

final_prices as (

    select
        carried.ticker,
        carried.price_date,

        carried.dataset,
        carried.currency,
        carried.fixing,
        case when carried.days_since_observed = 0 then 'OBSERVED' else 'IMPUTED' end as price_status,
        carried.audit_status,
        carried.batch_id,
        carried.schema_version,

        carried.open,
        carried.high,
        carried.low,
        carried.close,
        carried.close_usd,
        carried.volume,
        carried.days_since_observed,

        days.is_open,
        carried.is_fallback,

        carried.observed_date,

        carried.observed_at,
        carried.published_at
    from carried
    left join lake.days as days
        on carried.ticker = days.ticker and carried.price_date = days.date

)

select * from final_prices
