-- From its first purchase to the asset's last day a simulation has a row for every calendar day.
-- severity: error
with spans as (

    select
        simulation.ticker,
        simulation.strategy,
        count(*) as days,
        min(dates.day_number) as first_day_number,
        max(dates.day_number) as last_day_number
    from marts.rpt_investment_simulation as simulation
    inner join marts.dim_dates as dates
        on simulation.price_date = dates.calendar_date
    group by simulation.ticker, simulation.strategy

),

last_days as (

    select
        prices.ticker,
        max(dates.day_number) as day_number
    from marts.fct_daily_prices as prices
    inner join marts.dim_dates as dates
        on prices.price_date = dates.calendar_date
    group by prices.ticker

)

select
    spans.ticker,
    spans.strategy,
    spans.days
from spans
inner join last_days
    on spans.ticker = last_days.ticker
where
    spans.last_day_number <> last_days.day_number
    or spans.days <> spans.last_day_number - spans.first_day_number + 1
