-- The correlation of every two assets' daily returns in the longest window there is, both ways round, for a
-- matrix; at most twelve assets, the eight that are drawn as lines first.
with longest as (

    select correlation.*
    from marts.rpt_correlation as correlation
    where correlation.correlation is not null
        and correlation.window_days = (
            select max(window_days) from marts.rpt_correlation where correlation is not null
        )

),

both_ways as (

    select ticker, other_ticker, window_days, n, correlation, last_date from longest
    union all
    select other_ticker, ticker, window_days, n, correlation, last_date from longest

),

chosen as (

    select
        both_ways.ticker,
        row_number() over (order by shown.place nulls last, both_ways.ticker) as matrix_place
    from (select distinct ticker from both_ways) as both_ways
    left join shown
        on both_ways.ticker = shown.ticker
    qualify matrix_place <= 12

)

select
    both_ways.ticker,
    both_ways.other_ticker,
    chosen.matrix_place as place,
    others.matrix_place as other_place,
    both_ways.window_days,
    both_ways.n,
    both_ways.last_date,
    round(both_ways.correlation, 2) as value
from both_ways
inner join chosen
    on both_ways.ticker = chosen.ticker
inner join chosen as others
    on both_ways.other_ticker = others.ticker
order by chosen.matrix_place, others.matrix_place
