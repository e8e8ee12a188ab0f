-- A simulation's last value is its units times the asset's last close.
-- severity: error
with last_dates as (

    select
        simulation.ticker,
        simulation.strategy,
        max(simulation.price_date) as last_date
    from marts.rpt_investment_simulation as simulation
    group by simulation.ticker, simulation.strategy

),

last_values as (

    select
        simulation.ticker,
        simulation.strategy,
        simulation.value,
        simulation.units * unified.close_split_adjusted as expected_value
    from marts.rpt_investment_simulation as simulation
    inner join last_dates
        on simulation.ticker = last_dates.ticker
        and simulation.strategy = last_dates.strategy
        and simulation.price_date = last_dates.last_date
    left join marts.fct_daily_prices as prices
        on simulation.ticker = prices.ticker and simulation.price_date = prices.price_date
    left join intermediate.int_market__unified_prices as unified
        on prices.ticker = unified.ticker
        and prices.observed_date = unified.price_date
        and simulation.unit = unified.unit

)

select * from last_values
where
    last_values.value is null
    or last_values.expected_value is null
    or abs(last_values.value - last_values.expected_value) > 1.0e-9 * last_values.expected_value
