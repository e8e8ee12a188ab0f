-- A close is a finite number, and a positive one unless a person accepted another.
-- severity: error
select
    prices.ticker,
    prices.price_date,
    prices.close
from marts.fct_daily_prices as prices
where
    prices.close is null
    or not (prices.close < 1e300 and prices.close > -1e300)
    or (prices.close <= 0 and prices.audit_status = 'PASSED')
