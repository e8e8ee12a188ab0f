-- Where open days went without an observation, from an asset's first observed day to the last day of the data.
-- Consecutive open days are one gap, whatever closed days lie between them. A day that its source closed, or whose
-- price is not final yet, is not missing.
-- grain: gap
-- key: ticker, first_missing_date
-- sources: intermediate.int_market__observed_prices, lake.assets, lake.days, lake.cells
-- column first_missing_date: The first open day without an observation.
-- column last_missing_date: The last open day of the same gap.
-- column severity: minor for 1 open day, major for 2 to 4, critical for 5 and more.
-- column missing_open_days: The number of open days in the gap.
with observed as (

    select * from intermediate.int_market__observed_prices

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

excused as (

    select
        assets.ticker,
        cells.date as price_date
    from lake.cells as cells
    inner join lake.assets as assets
        on cells.ticker = assets.ticker
        and cells.source = assets.source
        and cells.resource = assets.resource
    where cells.state in ('waiting', 'closed')

),

expected as (

    select
        days.ticker,
        days.date as price_date,
        observed.ticker is null as is_missing
    from lake.days as days
    inner join first_days
        on days.ticker = first_days.ticker
        and days.date >= first_days.first_date
    inner join last_day
        on days.date <= last_day.last_date
    left join observed
        on days.ticker = observed.ticker and days.date = observed.price_date
    left join excused
        on days.ticker = excused.ticker and days.date = excused.price_date
    where days.is_open and (observed.ticker is not null or excused.ticker is null)

),

numbered as (

    -- The number of observed open days so far is the same for all days of one gap.
    select
        expected.ticker,
        expected.price_date,
        expected.is_missing,
        count(case when not expected.is_missing then 1 end) over (
            partition by expected.ticker
            order by expected.price_date
            rows between unbounded preceding and current row
        ) as observed_days_before
    from expected

),

gaps as (

    select
        numbered.ticker,
        min(numbered.price_date) as first_missing_date,
        max(numbered.price_date) as last_missing_date,
        count(*) as missing_open_days
    from numbered
    where numbered.is_missing
    group by numbered.ticker, numbered.observed_days_before

),

final_gaps as (

    select
        gaps.ticker,
        gaps.first_missing_date,

        gaps.last_missing_date,
        case
            when gaps.missing_open_days = 1 then 'minor'
            when gaps.missing_open_days < 5 then 'major'
            else 'critical'
        end as severity,

        gaps.missing_open_days
    from gaps

)

select * from final_gaps
