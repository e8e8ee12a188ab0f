-- Every return leads to the batch of the price observed on its day.
-- severity: error
select
    returns.ticker,
    returns.price_date,
    returns.batch_id
from marts.fct_daily_returns as returns
left join marts.fct_daily_prices as prices
    on returns.ticker = prices.ticker
    and returns.price_date = prices.observed_date
    and returns.price_date = prices.price_date
    and returns.batch_id = prices.batch_id
where prices.batch_id is null
