-- Every return has its asset and its date.
-- severity: error
select
    returns.ticker,
    returns.price_date
from marts.fct_daily_returns as returns
left join marts.dim_assets as assets
    on returns.ticker = assets.ticker
left join marts.dim_dates as dates
    on returns.price_date = dates.calendar_date
where assets.ticker is null or dates.calendar_date is null
