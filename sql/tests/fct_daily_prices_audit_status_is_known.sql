-- A price says of its audit that it passed, that a person accepted it, or that it is refused by now.
-- severity: error
select
    prices.ticker,
    prices.price_date,
    prices.audit_status
from marts.fct_daily_prices as prices
where prices.audit_status is null or prices.audit_status not in ('PASSED', 'ACCEPTED', 'REFUSED')
