-- Jumps of a stock between two observed closes that look like a split nobody told of: near a whole number of times up or
-- down, 2 or more, after every known split is taken out. Also the other way: a split that was told, and closes that did
-- not jump. None of them is believed: adjusted closes know only what a source told.
-- grain: stock x observed date
-- key: ticker, price_date
-- sources: intermediate.int_market__unified_prices, lake.assets
-- column previous_close: The close observed before, as traded.
-- column close: The close as traded.
-- column known_ratio: What the splits known between the two closes made of one share; 1 where there is none.
-- column unexplained_ratio: close over previous_close, times known_ratio.
-- column looks_like: The split that would explain it, such as 2:1 (two new shares for one old) or 1:10.
with observed as (

    select
        prices.ticker,
        prices.price_date,
        prices.dataset,
        prices.batch_id,
        prices.native_close,
        prices.split_factor
    from intermediate.int_market__unified_prices as prices
    inner join lake.assets as assets
        on prices.ticker = assets.ticker and assets.class = 'stock'

),

paired as (

    select
        observed.*,
        lag(observed.price_date) over (partition by observed.ticker order by observed.price_date) as previous_date,
        lag(observed.native_close) over (partition by observed.ticker order by observed.price_date) as previous_close,
        lag(observed.split_factor) over (partition by observed.ticker order by observed.price_date) as previous_factor
    from observed

),

measured as (

    select
        paired.*,
        paired.split_factor / nullif(paired.previous_factor, 0.0e0) as known_ratio,
        (paired.native_close * paired.split_factor) / nullif(paired.previous_close * paired.previous_factor, 0.0e0)
            as unexplained_ratio
    from paired
    where paired.native_close > 0.0e0 and paired.previous_close > 0.0e0

),

enlarged as (

    -- A split and its reverse look alike from the larger side.
    select
        measured.*,
        case
            when measured.unexplained_ratio < 1.0e0 then 1.0e0 / nullif(measured.unexplained_ratio, 0.0e0)
            else measured.unexplained_ratio
        end as larger
    from measured

),

final_suspicions as (

    -- A day's own move lies in the jump too, which is why it is only near the number.
    select
        enlarged.ticker,
        enlarged.price_date,

        enlarged.dataset,
        enlarged.batch_id,
        case
            when enlarged.unexplained_ratio < 1.0e0
                then cast(cast(round(enlarged.larger) as integer) as varchar(20)) || ':1'
            else '1:' || cast(cast(round(enlarged.larger) as integer) as varchar(20))
        end as looks_like,

        enlarged.previous_close,
        enlarged.native_close as close,
        enlarged.known_ratio,
        enlarged.unexplained_ratio,

        enlarged.previous_date
    from enlarged
    where
        round(enlarged.larger) >= 2.0e0
        and abs(enlarged.larger / nullif(round(enlarged.larger), 0.0e0) - 1.0e0) <= 0.08e0

)

select * from final_suspicions
