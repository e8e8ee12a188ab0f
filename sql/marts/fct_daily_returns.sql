-- The return of every asset on every observed day, against the close observed before it; a close that was carried
-- forward never enters. The first observed day has no return. Where open days lie between the two without an
-- observation, missed_open_days says how many: such a return covers more than one session. A split is no return: closes
-- are in shares of today (close_split_adjusted of fct_daily_prices), in the asset's own currency; in one unit for all
-- assets: int_market__daily_returns.
-- grain: asset x observed day
-- key: ticker, price_date
-- sources: marts.fct_daily_prices, marts.dim_dates
-- column close: The close in currency, in shares of today: close_split_adjusted of fct_daily_prices.
-- column missed_open_days: The open days between previous_date and price_date that have no observation.
with counted as (

    select
        prices.ticker,
        prices.price_date,
        prices.price_status,
        prices.currency,
        prices.close_split_adjusted as close,
        prices.batch_id,
        dates.day_number,
        case when prices.is_open then 1 else 0 end as is_open_number,
        sum(case when prices.is_open then 1 else 0 end) over (
            partition by prices.ticker
            order by prices.price_date
            rows between unbounded preceding and current row
        ) as open_days_so_far
    from marts.fct_daily_prices as prices
    inner join marts.dim_dates as dates
        on prices.price_date = dates.calendar_date

),

paired as (

    select
        counted.ticker,
        counted.price_date,
        counted.currency,
        counted.close,
        counted.batch_id,
        counted.day_number,
        counted.open_days_so_far - counted.is_open_number as open_days_before,
        lag(counted.price_date) over (partition by counted.ticker order by counted.price_date) as previous_date,
        lag(counted.close) over (partition by counted.ticker order by counted.price_date) as previous_close,
        lag(counted.day_number) over (partition by counted.ticker order by counted.price_date) as previous_day_number,
        lag(counted.open_days_so_far) over (partition by counted.ticker order by counted.price_date) as previous_open_days
    from counted
    where counted.price_status = 'OBSERVED'

),

final_returns as (

    select
        paired.ticker,
        paired.price_date,

        paired.currency,
        paired.batch_id,

        paired.close,
        paired.previous_close,
        paired.close / nullif(paired.previous_close, 0.0e0) - 1.0e0 as simple_return,
        case
            when paired.close > 0.0e0 and paired.previous_close > 0.0e0
                then ln(paired.close / paired.previous_close)
        end as log_return,
        paired.day_number - paired.previous_day_number as days_between,
        cast(paired.open_days_before - paired.previous_open_days as integer) as missed_open_days,

        paired.previous_date
    from paired

)

select * from final_returns
