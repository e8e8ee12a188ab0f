-- The closes by which an asset is followed over time: all in the unit of its newest one. Closes that could only be
-- given in another unit, since a rate was missing, are left out. The dollar itself takes no part. Splits are taken out.
-- grain: asset x date on which a price was observed
-- key: ticker, price_date
-- sources: intermediate.int_market__unified_prices
-- column close: The close in unit, in shares of today: close_split_adjusted of int_market__unified_prices.
with unified as (

    select * from intermediate.int_market__unified_prices
    where ticker <> 'USD'

),

newest_units as (

    select
        unified.ticker,
        max_by(unified.unit, unified.price_date) as unit
    from unified
    group by unified.ticker

),

comparable as (

    select
        unified.ticker,
        unified.price_date,
        unified.day_number,
        unified.unit,
        unified.close_split_adjusted as close
    from unified
    inner join newest_units
        on unified.ticker = newest_units.ticker and unified.unit = newest_units.unit

)

select * from comparable
