-- A price on a day on which its calendar is closed: the calendar or the source is wrong.
-- severity: warning
select
    prices.ticker,
    prices.price_date,
    prices.close
from marts.fct_daily_prices as prices
where prices.price_status = 'OBSERVED' and not prices.is_open
