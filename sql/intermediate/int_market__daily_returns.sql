-- The return of every asset on every observed day against the close observed before it, both in the unit of
-- int_market__unified_prices. Where the close before is in another unit there is none to compare with: such an
-- observation begins anew, like the first one. In the asset's own currency: fct_daily_returns. A split is no return:
-- closes are in shares of today, by the splits that are known.
-- grain: asset x observed date
-- key: ticker, price_date
-- sources: intermediate.int_market__unified_prices
-- column close: The close in unit, in shares of today: close_split_adjusted of int_market__unified_prices.
with observed as (

    select * from intermediate.int_market__unified_prices as prices
    where prices.dataset is not null

),

paired as (

    select
        observed.ticker,
        observed.price_date,
        observed.day_number,
        observed.unit,
        observed.close_split_adjusted as close,
        lag(observed.unit) over (partition by observed.ticker order by observed.price_date) as unit_before,
        lag(observed.price_date) over (partition by observed.ticker order by observed.price_date) as date_before,
        lag(observed.day_number) over (partition by observed.ticker order by observed.price_date) as day_number_before,
        lag(observed.close_split_adjusted) over (partition by observed.ticker order by observed.price_date) as close_before
    from observed

),

comparable as (

    select
        paired.ticker,
        paired.price_date,
        paired.day_number,
        paired.unit,
        paired.close,
        case when paired.unit = paired.unit_before then paired.date_before end as previous_date,
        case when paired.unit = paired.unit_before then paired.day_number_before end as previous_day_number,
        case when paired.unit = paired.unit_before then paired.close_before end as previous_close
    from paired

),

final_returns as (

    select
        comparable.ticker,
        comparable.price_date,

        comparable.unit,

        comparable.close,
        comparable.previous_close,
        comparable.close / nullif(comparable.previous_close, 0.0e0) - 1.0e0 as simple_return,
        case
            when comparable.close > 0.0e0 and comparable.previous_close > 0.0e0
                then ln(comparable.close / comparable.previous_close)
        end as log_return,
        comparable.day_number - comparable.previous_day_number as days_between,
        comparable.day_number,

        comparable.previous_date
    from comparable

)

select * from final_returns
