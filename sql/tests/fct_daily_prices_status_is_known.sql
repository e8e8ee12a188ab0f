-- A price is observed on its day, or imputed from an earlier one.
-- severity: error
select
    prices.ticker,
    prices.price_date,
    prices.price_status,
    prices.days_since_observed
from marts.fct_daily_prices as prices
where
    prices.price_status not in ('OBSERVED', 'IMPUTED')
    or (prices.price_status = 'OBSERVED') <> (prices.days_since_observed = 0)
    or prices.days_since_observed < 0
