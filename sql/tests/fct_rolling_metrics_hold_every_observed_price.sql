-- Every observed price has its row of metrics, and no imputed one has.
-- severity: error
with observed as (

    select * from marts.fct_daily_prices as prices
    where prices.price_status = 'OBSERVED'

)

select
    coalesce(observed.ticker, metrics.ticker) as ticker,
    coalesce(observed.price_date, metrics.price_date) as price_date
from observed
full join marts.fct_rolling_metrics as metrics
    on observed.ticker = metrics.ticker and observed.price_date = metrics.price_date
where observed.ticker is null or metrics.ticker is null
