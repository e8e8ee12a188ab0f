-- The first and the last day of a gap are open days with an imputed price: nothing was observed there.
-- severity: error
with ends as (

    select
        gaps.ticker,
        gaps.first_missing_date as price_date
    from intermediate.int_market__data_gaps as gaps
    union all
    select
        gaps.ticker,
        gaps.last_missing_date
    from intermediate.int_market__data_gaps as gaps

)

select
    ends.ticker,
    ends.price_date,
    prices.price_status,
    prices.is_open
from ends
left join marts.fct_daily_prices as prices
    on ends.ticker = prices.ticker and ends.price_date = prices.price_date
where prices.price_status is distinct from 'IMPUTED' or prices.is_open is distinct from true
