-- Every observed price, of all sources side by side; of an asset and day that of the first dataset in its configured order
-- that has one. Any other than its first is a fallback.
-- grain: asset x date on which a price was observed
-- key: ticker, price_date
-- sources: staging.stg_daily_prices, lake.assets, lake.asset_sources, lake.fixings, lake.dates
-- column is_fallback: True where the price is not of the asset's first dataset, since that has none of the day.
-- column market_cap: The value of all coins at this price; null where the source does not say.
with prices as (

    select * from staging.stg_daily_prices

),

placed as (

    select
        prices.*,
        asset_sources.place,
        min(asset_sources.place) over (partition by prices.ticker, prices.price_date) as first_place
    from prices
    inner join lake.asset_sources as asset_sources
        on prices.ticker = asset_sources.ticker and prices.dataset = asset_sources.dataset

),

chosen as (

    select * from placed
    where placed.place = placed.first_place

),

of_configured_assets as (

    select
        chosen.ticker,
        chosen.price_date,
        chosen.dataset,
        assets.currency,
        fixings.fixing,
        chosen.open,
        chosen.high,
        chosen.low,
        chosen.close,
        chosen.volume,
        chosen.market_cap,
        chosen.batch_id,
        chosen.schema_version,
        dates.day_number,
        chosen.place > 1 as is_fallback,
        chosen.observed_at,
        chosen.published_at
    from chosen
    inner join lake.assets as assets
        on chosen.ticker = assets.ticker
    inner join lake.dates as dates
        on chosen.price_date = dates.date
    left join lake.fixings as fixings
        on chosen.ticker = fixings.ticker and chosen.dataset = fixings.dataset

)

select * from of_configured_assets
