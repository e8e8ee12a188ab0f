-- From its first purchase to the last day of the data a simulation has a row for every calendar day.
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

last_day as (

    select max(dates.day_number) as day_number
    from marts.fct_daily_prices as prices
    inner join marts.dim_dates as dates
        on prices.price_date = dates.calendar_date

)

select * from spans
cross join last_day
where
    spans.last_day_number <> last_day.day_number
    or spans.days <> spans.last_day_number - spans.first_day_number + 1
