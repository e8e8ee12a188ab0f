-- Every observed price, of all sources side by side; of an asset only from the dataset it is configured with.
-- grain: asset x date on which a price was observed
-- key: ticker, price_date
-- sources: staging.stg_coingecko__market_chart, staging.stg_massive__daily_bars, staging.stg_csv__daily_closes, lake.assets, lake.dates
-- column market_cap: The value of all coins at this price; null where the source does not say.
with coingecko as (

    select
        bars.ticker,
        bars.price_date,
        bars.dataset,
        cast(null as double) as open,
        cast(null as double) as high,
        cast(null as double) as low,
        bars.close,
        bars.volume,
        bars.market_cap,
        bars.batch_id,
        bars.schema_version,
        bars.observed_at,
        bars.published_at
    from staging.stg_coingecko__market_chart as bars

),

massive as (

    select
        bars.ticker,
        bars.price_date,
        bars.dataset,
        bars.open,
        bars.high,
        bars.low,
        bars.close,
        bars.volume,
        cast(null as double) as market_cap,
        bars.batch_id,
        bars.schema_version,
        bars.observed_at,
        bars.published_at
    from staging.stg_massive__daily_bars as bars

),

csv as (

    select
        bars.ticker,
        bars.price_date,
        bars.dataset,
        bars.open,
        bars.high,
        bars.low,
        bars.close,
        bars.volume,
        cast(null as double) as market_cap,
        bars.batch_id,
        bars.schema_version,
        bars.observed_at,
        bars.published_at
    from staging.stg_csv__daily_closes as bars

),

unioned as (

    select * from coingecko
    union all
    select * from massive
    union all
    select * from csv

),

of_configured_assets as (

    select
        unioned.ticker,
        unioned.price_date,
        unioned.dataset,
        assets.currency,
        unioned.open,
        unioned.high,
        unioned.low,
        unioned.close,
        unioned.volume,
        unioned.market_cap,
        unioned.batch_id,
        unioned.schema_version,
        dates.day_number,
        unioned.observed_at,
        unioned.published_at
    from unioned
    inner join lake.assets as assets
        on unioned.ticker = assets.ticker and unioned.dataset = assets.dataset
    inner join lake.dates as dates
        on unioned.price_date = dates.date

)

select * from of_configured_assets
