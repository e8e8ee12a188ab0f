-- The close in dollars is the close itself of what is traded in dollars, and is not there for what is no money. It is
-- positive, unless a person accepted another.
-- severity: error
select
    prices.ticker,
    prices.price_date,
    prices.currency,
    prices.close,
    prices.close_usd
from marts.fct_daily_prices as prices
where
    (prices.currency = 'USD' and prices.close_usd is distinct from prices.close)
    or (prices.currency is null and prices.close_usd is not null)
    or (prices.audit_status = 'PASSED' and not prices.close_usd > 0.0e0)
