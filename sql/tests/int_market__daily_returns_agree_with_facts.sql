-- Where a close is unified by leaving it as it is, in dollars or in points, its return is the one of the facts, which
-- reach it another way.
-- severity: error
with unconverted as (

    select returns.*
    from intermediate.int_market__daily_returns as returns
    inner join marts.dim_assets as assets
        on returns.ticker = assets.ticker
    where assets.currency = 'USD' or assets.currency is null

),

facts as (

    select returns.*
    from marts.fct_daily_returns as returns
    where returns.currency = 'USD' or returns.currency is null

)

select
    coalesce(unconverted.ticker, facts.ticker) as ticker,
    coalesce(unconverted.price_date, facts.price_date) as price_date,
    unconverted.simple_return,
    facts.simple_return as simple_return_of_fact,
    unconverted.previous_date,
    facts.previous_date as previous_date_of_fact
from unconverted
full join facts
    on unconverted.ticker = facts.ticker and unconverted.price_date = facts.price_date
where
    unconverted.ticker is null
    or facts.ticker is null
    or unconverted.simple_return is distinct from facts.simple_return
    or unconverted.log_return is distinct from facts.log_return
    or unconverted.previous_date is distinct from facts.previous_date
    or unconverted.days_between is distinct from facts.days_between
