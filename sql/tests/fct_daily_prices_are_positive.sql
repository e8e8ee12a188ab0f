-- A close is a positive, finite number.
-- severity: error
select
    prices.ticker,
    prices.price_date,
    prices.close
from marts.fct_daily_prices as prices
where prices.close is null or not (prices.close > 0 and prices.close < 1e300)
