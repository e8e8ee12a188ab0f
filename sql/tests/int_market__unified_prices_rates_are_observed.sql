-- A rate is an observed close of its currency, of the day itself or of one at most 7 days before.
-- severity: error
with converted as (

    select * from intermediate.int_market__unified_prices as prices
    where prices.usd_rate is not null or prices.usd_rate_date is not null

)

select
    converted.ticker,
    converted.price_date,
    converted.usd_rate,
    converted.usd_rate_date
from converted
left join intermediate.int_market__observed_prices as rates
    on concat_ws('', converted.currency, 'USD') = rates.ticker
    and converted.usd_rate_date = rates.price_date
where
    rates.close is distinct from converted.usd_rate
    or rates.currency is distinct from 'USD'
    or rates.day_number > converted.day_number
    or rates.day_number < converted.day_number - 7
