-- The configured assets, with what is known of each. Open days are counted from the asset's first observed day to
-- the last day of the data, without those whose cells still wait for a final price; coverage is the share of them
-- that was observed.
-- grain: asset
-- key: ticker
-- sources: lake.assets, lake.days, lake.cells, intermediate.int_market__observed_prices
with observed as (

    select * from intermediate.int_market__observed_prices

),

observed_spans as (

    select
        observed.ticker,
        min(observed.price_date) as first_date,
        max(observed.price_date) as last_date,
        count(*) as observed_days
    from observed
    group by observed.ticker

),

last_day as (

    select max(observed.price_date) as last_date
    from observed

),

waiting as (

    select
        cells.ticker,
        concat_ws('.', cells.source, cells.resource) as dataset,
        cells.date as price_date
    from lake.cells as cells
    where cells.state = 'waiting'

),

open_days as (

    select
        assets.ticker,
        count(*) as open_days,
        count(observed.price_date) as observed_open_days
    from lake.assets as assets
    inner join observed_spans
        on assets.ticker = observed_spans.ticker
    cross join last_day
    inner join lake.days as days
        on assets.ticker = days.ticker
        and days.date >= observed_spans.first_date
        and days.date <= last_day.last_date
    left join observed
        on days.ticker = observed.ticker and days.date = observed.price_date
    left join waiting
        on assets.ticker = waiting.ticker and assets.dataset = waiting.dataset and days.date = waiting.price_date
    where days.is_open and waiting.ticker is null
    group by assets.ticker

),

final_assets as (

    select
        assets.ticker,

        assets.class,
        assets.dataset,
        assets.source,
        assets.symbol,
        assets.calendar,
        assets.currency,

        coalesce(observed_spans.observed_days, 0) as observed_days,
        coalesce(open_days.open_days, 0) as open_days,
        coalesce(open_days.open_days - open_days.observed_open_days, 0) as missing_open_days,
        cast(open_days.observed_open_days as double) / nullif(cast(open_days.open_days as double), 0.0e0) as coverage,

        observed_spans.first_date,
        observed_spans.last_date
    from lake.assets as assets
    left join observed_spans
        on assets.ticker = observed_spans.ticker
    left join open_days
        on assets.ticker = open_days.ticker

)

select * from final_assets
