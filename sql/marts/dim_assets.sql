-- The configured assets, with what is known of each. Open days are counted from the asset's first observed day to
-- the last day of the data, without those that its source closed or whose price is not final yet; those without an
-- observation lie in int_market__data_gaps, and coverage is the share of the others.
-- grain: asset
-- key: ticker
-- sources: lake.assets, lake.fixings, lake.days, intermediate.int_market__observed_prices, intermediate.int_market__data_gaps
-- column class: What kind of asset it is: crypto, stock, fx or index.
-- column dataset: The dataset that the asset is configured with.
-- column symbol: The source's own name of the asset.
-- column calendar: The calendar that says on which days the asset is traded.
-- column observed_days: The number of days with an observed price.
-- column open_days: The open days from first_date to the last day of the data on which a price could have been observed.
-- column missing_open_days: The open days among them without an observed price.
-- column coverage: The share of open_days with an observed price; 1 is all of them, null where there are none.
-- column first_date: The first day with an observed price.
-- column last_date: The last day with an observed price.
-- column delisted_on: Its last day of trading; null where it is still traded.
-- column delisted_reason: Why it was the last.
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

open_days as (

    select
        observed.ticker,
        count(*) as observed_open_days
    from observed
    inner join lake.days as days
        on observed.ticker = days.ticker and observed.price_date = days.date
    where days.is_open
    group by observed.ticker

),

gaps as (

    select
        gaps.ticker,
        sum(gaps.missing_open_days) as missing_open_days
    from intermediate.int_market__data_gaps as gaps
    group by gaps.ticker

),

counted as (

    select
        observed_spans.ticker,
        observed_spans.observed_days,
        coalesce(open_days.observed_open_days, 0) as observed_open_days,
        cast(coalesce(gaps.missing_open_days, 0) as bigint) as missing_open_days,
        observed_spans.first_date,
        observed_spans.last_date
    from observed_spans
    left join open_days
        on observed_spans.ticker = open_days.ticker
    left join gaps
        on observed_spans.ticker = gaps.ticker

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
        fixings.fixing,
        assets.delisted_reason,

        coalesce(counted.observed_days, 0) as observed_days,
        coalesce(counted.observed_open_days + counted.missing_open_days, 0) as open_days,
        coalesce(counted.missing_open_days, 0) as missing_open_days,
        cast(counted.observed_open_days as double)
        / nullif(cast(counted.observed_open_days + counted.missing_open_days as double), 0.0e0) as coverage,

        counted.first_date,
        counted.last_date,
        assets.delisted_on
    from lake.assets as assets
    left join counted
        on assets.ticker = counted.ticker
    left join lake.fixings as fixings
        on assets.ticker = fixings.ticker and assets.dataset = fixings.dataset

)

select * from final_assets
