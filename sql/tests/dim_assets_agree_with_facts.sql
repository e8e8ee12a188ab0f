-- What is known of an asset is what its observed prices say, and its coverage is a share.
-- severity: error
with observed as (

    select
        prices.ticker,
        count(*) as observed_days,
        min(prices.price_date) as first_date,
        max(prices.price_date) as last_date
    from marts.fct_daily_prices as prices
    where prices.price_status = 'OBSERVED'
    group by prices.ticker

)

select
    assets.ticker,
    assets.observed_days,
    observed.observed_days as observed_days_of_facts,
    assets.first_date,
    assets.last_date,
    assets.coverage
from marts.dim_assets as assets
left join observed
    on assets.ticker = observed.ticker
where
    assets.observed_days <> coalesce(observed.observed_days, 0)
    or assets.first_date is distinct from observed.first_date
    or assets.last_date is distinct from observed.last_date
    or assets.missing_open_days < 0
    or assets.missing_open_days > assets.open_days
    or assets.coverage < 0.0e0
    or assets.coverage > 1.0e0
