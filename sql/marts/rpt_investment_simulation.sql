-- What became of money put into each asset in the year that ends with the last day of the data: 1200 at its first
-- observed close (LUMP_SUM), or 100 on the 28th of each month after the year's start (MONTHLY). Where a 28th has no
-- observed close, the money waits for the next; a 28th before the asset's first close of all buys nothing. Money and
-- value are in the unit of the asset's newest close, and closes that could only be given in another are left out.
-- On a day without an observed close the value is that of the close carried forward.
-- grain: asset x strategy x calendar day from the first purchase on
-- key: ticker, strategy, price_date
-- sources: intermediate.int_market__comparable_prices, marts.fct_daily_prices, marts.dim_dates
-- column strategy: LUMP_SUM, 1200 at once, or MONTHLY, 100 on the 28th of each month.
-- column price_date: The calendar day on which the value is told.
-- column unit: What invested and value are counted in. USD, points, or the currency that could not be converted.
-- column invested: The money put in so far.
-- column units: The units of the asset bought so far.
-- column value: units times the close of the day, or the close carried forward to it.
-- column return_pct: value over invested, less one, in percent.
-- column period_start: The first day of the year that ends with the last day of the data.
with observed as (

    select * from intermediate.int_market__comparable_prices

),

first_days as (

    select
        observed.ticker,
        min(observed.day_number) as day_number
    from observed
    group by observed.ticker

),

last_day as (

    select max(observed.day_number) as day_number
    from observed

),

days_of_the_year as (

    select
        dates.calendar_date,
        dates.day_number,
        dates.day_of_month = 28 and dates.day_number > last_day.day_number - 365 as is_due,
        min(case when dates.day_number = last_day.day_number - 365 then dates.calendar_date end) over () as period_start
    from marts.dim_dates as dates
    cross join last_day
    where dates.day_number >= last_day.day_number - 365 and dates.day_number <= last_day.day_number

),

numbered as (

    select
        observed.*,
        days_of_the_year.period_start,
        row_number() over (partition by observed.ticker order by observed.price_date) as observation_number
    from observed
    inner join days_of_the_year
        on observed.price_date = days_of_the_year.calendar_date

),

lump_sums as (

    select
        numbered.ticker,
        'LUMP_SUM' as strategy,
        numbered.price_date,
        1200.0e0 as amount
    from numbered
    where numbered.observation_number = 1

),

instalments as (

    select
        first_days.ticker,
        days_of_the_year.day_number,
        min(numbered.price_date) as price_date
    from first_days
    inner join days_of_the_year
        on first_days.day_number <= days_of_the_year.day_number
    inner join numbered
        on first_days.ticker = numbered.ticker and days_of_the_year.day_number <= numbered.day_number
    where days_of_the_year.is_due
    group by first_days.ticker, days_of_the_year.day_number

),

monthly_sums as (

    select
        instalments.ticker,
        'MONTHLY' as strategy,
        instalments.price_date,
        100.0e0 * cast(count(*) as double) as amount
    from instalments
    group by instalments.ticker, instalments.price_date

),

purchases as (

    select * from lump_sums
    union all
    select * from monthly_sums

),

counted as (

    -- The number of observations so far names the newest of them.
    select
        prices.ticker,
        prices.price_date,
        count(numbered.close) over (
            partition by prices.ticker
            order by prices.price_date
            rows between unbounded preceding and current row
        ) as observation_number
    from marts.fct_daily_prices as prices
    inner join days_of_the_year
        on prices.price_date = days_of_the_year.calendar_date
    left join numbered
        on prices.ticker = numbered.ticker and prices.price_date = numbered.price_date

),

valued as (

    select
        counted.ticker,
        strategies.strategy,
        counted.price_date,
        numbered.unit,
        numbered.close,
        numbered.period_start,
        sum(purchases.amount) over so_far as invested,
        sum(purchases.amount / nullif(numbered.close, 0.0e0)) over so_far as units
    from counted
    inner join numbered
        on counted.ticker = numbered.ticker and counted.observation_number = numbered.observation_number
    cross join (values ('LUMP_SUM'), ('MONTHLY')) as strategies (strategy)
    left join purchases
        on counted.ticker = purchases.ticker
        and strategies.strategy = purchases.strategy
        and counted.price_date = purchases.price_date
    window so_far as (
        partition by counted.ticker, strategies.strategy
        order by counted.price_date
        rows between unbounded preceding and current row
    )

),

final_simulation as (

    select
        valued.ticker,
        valued.strategy,
        valued.price_date,

        valued.unit,

        valued.invested,
        valued.units,
        valued.units * valued.close as value,
        (valued.units * valued.close / nullif(valued.invested, 0.0e0) - 1.0e0) * 100.0e0 as return_pct,

        valued.period_start
    from valued
    where valued.invested is not null

)

select * from final_simulation
