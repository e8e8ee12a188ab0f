-- Every observed price is among the unified ones, and only USD itself is there beside them.
-- severity: error
select
    observed.ticker as observed_ticker,
    observed.price_date as observed_date,
    prices.ticker,
    prices.price_date
from intermediate.int_market__observed_prices as observed
full join intermediate.int_market__unified_prices as prices
    on observed.ticker = prices.ticker
    and observed.price_date = prices.price_date
    and observed.dataset = prices.dataset
where
    prices.ticker is null
    or (observed.ticker is null and prices.ticker <> 'USD')
    or observed.close is distinct from case when observed.ticker is not null then prices.native_close end
