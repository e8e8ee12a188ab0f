-- Every row of metrics leads to the batch of the price observed on its day.
-- severity: error
select
    metrics.ticker,
    metrics.price_date,
    metrics.batch_id
from marts.fct_rolling_metrics as metrics
left join marts.fct_daily_prices as prices
    on metrics.ticker = prices.ticker
    and metrics.price_date = prices.observed_date
    and metrics.price_date = prices.price_date
    and metrics.batch_id = prices.batch_id
where prices.batch_id is null
