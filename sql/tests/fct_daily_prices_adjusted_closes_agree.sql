-- An adjusted close is the close as traded times its factor, and is the close itself where no split came after it.
-- severity: error
select
    prices.ticker,
    prices.price_date,
    prices.close,
    prices.split_factor,
    prices.close_split_adjusted
from marts.fct_daily_prices as prices
where
    prices.split_factor is null
    or prices.close_split_adjusted is distinct from prices.close * prices.split_factor
    or (prices.split_count = 0 and prices.close_split_adjusted is distinct from prices.close)
    or (prices.split_count = 0 and prices.split_factor <> 1.0e0)
