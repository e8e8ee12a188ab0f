-- What each strategy made of the money put in by the last day of the data, in percent of it; the twenty assets
-- that gained or lost most.
with ends as (

    select
        simulation.*,
        min(simulation.price_date) over (partition by simulation.ticker) as first_date
    from marts.rpt_investment_simulation as simulation
    where simulation.return_pct is not null
    qualify row_number() over (
        partition by simulation.ticker, simulation.strategy order by simulation.price_date desc
    ) = 1

),

ranked as (

    select
        ends.*,
        dense_rank() over (order by (ends.ticker = 'BTC') desc, largest.return_pct desc, ends.ticker) as place
    from ends
    inner join (
        select ends.ticker, max(abs(ends.return_pct)) as return_pct from ends group by ends.ticker
    ) as largest
        on ends.ticker = largest.ticker

)

select
    ranked.ticker,
    case ranked.strategy when 'LUMP_SUM' then 'all at once' else 'month by month' end as strategy,
    ranked.first_date,
    ranked.price_date,
    round(ranked.invested, 2) as invested,
    round(ranked.value, 2) as value_at_end,
    round(ranked.return_pct, 2) as value
from ranked
where ranked.place <= 20
order by ranked.place, ranked.strategy
