-- Every price has its asset and its date.
-- severity: error
select
    prices.ticker,
    prices.price_date
from marts.fct_daily_prices as prices
left join marts.dim_assets as assets
    on prices.ticker = assets.ticker
left join marts.dim_dates as dates
    on prices.price_date = dates.calendar_date
where assets.ticker is null or dates.calendar_date is null
