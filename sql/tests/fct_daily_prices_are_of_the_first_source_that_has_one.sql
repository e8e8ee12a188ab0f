-- No observed price comes from a source while one before it, in the asset's order, has that day; and a price says that it
-- is a fallback's where, and only where, it is.
-- severity: error
with places as (

    select
        prices.ticker,
        prices.price_date,
        min(asset_sources.place) as first_place
    from staging.stg_daily_prices as prices
    inner join lake.asset_sources as asset_sources
        on prices.ticker = asset_sources.ticker and prices.dataset = asset_sources.dataset
    group by prices.ticker, prices.price_date

)

select
    prices.ticker,
    prices.price_date,
    prices.dataset,
    prices.is_fallback,
    asset_sources.place,
    places.first_place
from marts.fct_daily_prices as prices
left join lake.asset_sources as asset_sources
    on prices.ticker = asset_sources.ticker and prices.dataset = asset_sources.dataset
left join places
    on prices.ticker = places.ticker and prices.observed_date = places.price_date
where
    asset_sources.place is distinct from places.first_place
    or prices.is_fallback is distinct from (asset_sources.place > 1)
