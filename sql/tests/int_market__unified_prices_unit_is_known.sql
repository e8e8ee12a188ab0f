-- A close is in US dollars, in points where it has no currency, or in its own currency where no rate is known; and
-- it was converted only where a rate says so.
-- severity: error
select
    prices.ticker,
    prices.price_date,
    prices.unit,
    prices.currency,
    prices.close,
    prices.native_close,
    prices.usd_rate
from intermediate.int_market__unified_prices as prices
where
    prices.unit is distinct from case
        when prices.currency is null then 'points'
        when prices.usd_rate is not null then 'USD'
        else prices.currency
    end
    or prices.close is distinct from prices.native_close * coalesce(prices.usd_rate, 1.0e0)
    or prices.close_split_adjusted is distinct from prices.close * prices.split_factor
    or (prices.currency = 'USD' and prices.usd_rate is not null)
    or (prices.ticker = 'USD' and prices.close <> 1.0e0)
