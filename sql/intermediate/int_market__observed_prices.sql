-- Every observed price, of all sources side by side; of an asset only from the dataset it is configured with.
-- grain: asset x date on which a price was observed
-- key: ticker, price_date
-- sources: staging.stg_daily_prices, lake.assets, lake.fixings, lake.dates
-- column market_cap: The value of all coins at this price; null where the source does not say.
with prices as (

    select * from staging.stg_daily_prices

),

of_configured_assets as (

    select
        prices.ticker,
        prices.price_date,
        prices.dataset,
        assets.currency,
        fixings.fixing,
        prices.open,
        prices.high,
        prices.low,
        prices.close,
        prices.volume,
        prices.market_cap,
        prices.batch_id,
        prices.schema_version,
        dates.day_number,
        prices.observed_at,
        prices.published_at
    from prices
    inner join lake.assets as assets
        on prices.ticker = assets.ticker and prices.dataset = assets.dataset
    inner join lake.dates as dates
        on prices.price_date = dates.date
    left join lake.fixings as fixings
        on prices.ticker = fixings.ticker and prices.dataset = fixings.dataset

)

select * from of_configured_assets
