-- How every asset did against BTC from their common start, the first date on which both were observed: growth is the
-- close over the close of that date. Both are in the unit of int_market__unified_prices; a close in a currency that
-- could not be converted to BTC's is left out, and so is one in another unit than at the start. An index, in points,
-- is compared as if its points were money. Splits are taken out. BTC against itself is 0. Without BTC there are no rows.
-- grain: asset x date on which it and BTC were observed
-- key: ticker, price_date
-- sources: intermediate.int_market__unified_prices
-- column growth: The close over the asset's own close on common_start_date.
-- column btc_growth: The close of BTC over its close on common_start_date.
-- column relative_pct: How far growth lies above btc_growth, in percent of it; BTC itself has 0.
-- column common_start_date: The first date on which both the asset and BTC were observed.
with prices as (

    select * from intermediate.int_market__unified_prices

),

bitcoin as (

    select * from prices
    where prices.ticker = 'BTC'

),

side_by_side as (

    select
        prices.ticker,
        prices.price_date,
        prices.unit,
        prices.close_split_adjusted as close,
        bitcoin.unit as btc_unit,
        bitcoin.close_split_adjusted as btc_close
    from prices
    inner join bitcoin
        on prices.price_date = bitcoin.price_date
        and (prices.unit = bitcoin.unit or prices.unit = 'points')

),

started as (

    select
        side_by_side.*,
        first_value(side_by_side.price_date) over from_start as common_start_date,
        first_value(side_by_side.unit) over from_start as start_unit,
        first_value(side_by_side.close) over from_start as start_close,
        first_value(side_by_side.btc_unit) over from_start as btc_start_unit,
        first_value(side_by_side.btc_close) over from_start as btc_start_close
    from side_by_side
    window from_start as (
        partition by side_by_side.ticker
        order by side_by_side.price_date
        rows between unbounded preceding and current row
    )

),

grown as (

    select
        started.ticker,
        started.price_date,
        started.common_start_date,
        started.close / nullif(started.start_close, 0.0e0) as growth,
        started.btc_close / nullif(started.btc_start_close, 0.0e0) as btc_growth
    from started
    where started.unit = started.start_unit and started.btc_unit = started.btc_start_unit

),

final_relative as (

    select
        grown.ticker,
        grown.price_date,

        grown.growth,
        grown.btc_growth,
        (grown.growth / nullif(grown.btc_growth, 0.0e0) - 1.0e0) * 100.0e0 as relative_pct,

        grown.common_start_date
    from grown

)

select * from final_relative
