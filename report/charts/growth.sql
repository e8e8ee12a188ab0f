-- What 1,000 became that were put into each asset on the first day that it shares with BTC (on its own first day
-- where there is no BTC), in its own currency, splits taken out. Long histories are thinned to some 400 days, the last of each stretch.
with prices as (

    select
        unified.ticker,
        unified.price_date,
        unified.day_number,
        unified.close_split_adjusted as close
    from intermediate.int_market__unified_prices as unified
    inner join shown
        on unified.ticker = shown.ticker

),

common as (

    select
        prices.*,
        first_value(prices.close) over (partition by prices.ticker order by prices.price_date) as start_close,
        max(prices.day_number) over () as last_day_number,
        greatest(1, ceil((max(prices.day_number) over () - min(prices.day_number) over () + 1) / 400.0))::integer as stretch
    from prices
    where prices.price_date >= coalesce(
        (select min(btc.price_date) from prices as btc where btc.ticker = 'BTC'),
        prices.price_date
    )

),

thinned as (

    select *
    from common
    qualify row_number() over (
        partition by common.ticker, (common.last_day_number - common.day_number) // common.stretch
        order by common.price_date desc
    ) = 1

)

select
    thinned.ticker,
    shown.place,
    thinned.price_date,
    round(1000 * thinned.close / thinned.start_close, 2) as value
from thinned
inner join shown
    on thinned.ticker = shown.ticker
order by shown.place, thinned.price_date
