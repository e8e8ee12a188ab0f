-- Every row of metrics has its asset and its date.
-- severity: error
select
    metrics.ticker,
    metrics.price_date
from marts.fct_rolling_metrics as metrics
left join marts.dim_assets as assets
    on metrics.ticker = assets.ticker
left join marts.dim_dates as dates
    on metrics.price_date = dates.calendar_date
where assets.ticker is null or dates.calendar_date is null
