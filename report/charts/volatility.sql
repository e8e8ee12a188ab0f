-- The volatility of a year of each asset's daily returns, in the longest window there is: by its own number of
-- observations a year (value), and by 252 (value_252). The twenty most volatile, and BTC.
with longest as (

    select volatility.*
    from marts.rpt_volatility_comparison as volatility
    where volatility.volatility_own_pct is not null
    qualify row_number() over (partition by volatility.ticker order by volatility.window_days desc) = 1

)

select
    longest.ticker,
    longest.window_days,
    longest.n,
    longest.first_date,
    longest.last_date,
    round(longest.volatility_own_pct, 2) as value,
    round(longest.volatility_252_pct, 2) as value_252
from longest
qualify row_number() over (order by (longest.ticker = 'BTC') desc, longest.volatility_own_pct desc) <= 21
order by value desc, longest.ticker
