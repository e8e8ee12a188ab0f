-- What the last 7, 14, 30 and 90 observations of an asset were like, in the unit of int_market__unified_prices:
-- rows, not calendar days. The volatility is the sample deviation of simple returns, the drawdown how far the close
-- lies below the highest of its window. A column is null until its window is full: with N closes for closes, with N
-- returns, one observation later, for returns. A window never reaches over a change of unit.
-- grain: asset x observed date
-- key: ticker, price_date
-- sources: intermediate.int_market__daily_returns
with returns as (

    select * from intermediate.int_market__daily_returns

),

numbered as (

    -- Only an observation that begins anew has no previous one.
    select
        returns.ticker,
        returns.price_date,
        returns.unit,
        returns.close,
        returns.simple_return,
        count(case when returns.previous_date is null then 1 end) over (
            partition by returns.ticker
            order by returns.price_date
            rows between unbounded preceding and current row
        ) as series_number
    from returns

),

windowed as (

    select
        numbered.ticker,
        numbered.price_date,
        numbered.unit,
        numbered.close,
        row_number() over (
            partition by numbered.ticker, numbered.series_number order by numbered.price_date
        ) as observation_number,
        avg(numbered.close) over last_7 as close_mean_7d,
        min(numbered.close) over last_7 as close_min_7d,
        max(numbered.close) over last_7 as close_max_7d,
        avg(numbered.simple_return) over last_7 as return_mean_7d,
        stddev_samp(numbered.simple_return) over last_7 as volatility_7d,
        avg(numbered.close) over last_14 as close_mean_14d,
        min(numbered.close) over last_14 as close_min_14d,
        max(numbered.close) over last_14 as close_max_14d,
        avg(numbered.simple_return) over last_14 as return_mean_14d,
        stddev_samp(numbered.simple_return) over last_14 as volatility_14d,
        avg(numbered.close) over last_30 as close_mean_30d,
        min(numbered.close) over last_30 as close_min_30d,
        max(numbered.close) over last_30 as close_max_30d,
        avg(numbered.simple_return) over last_30 as return_mean_30d,
        stddev_samp(numbered.simple_return) over last_30 as volatility_30d,
        avg(numbered.close) over last_90 as close_mean_90d,
        min(numbered.close) over last_90 as close_min_90d,
        max(numbered.close) over last_90 as close_max_90d,
        avg(numbered.simple_return) over last_90 as return_mean_90d,
        stddev_samp(numbered.simple_return) over last_90 as volatility_90d
    from numbered
    window
        last_7 as (
            partition by numbered.ticker, numbered.series_number
            order by numbered.price_date
            rows between 6 preceding and current row
        ),
        last_14 as (
            partition by numbered.ticker, numbered.series_number
            order by numbered.price_date
            rows between 13 preceding and current row
        ),
        last_30 as (
            partition by numbered.ticker, numbered.series_number
            order by numbered.price_date
            rows between 29 preceding and current row
        ),
        last_90 as (
            partition by numbered.ticker, numbered.series_number
            order by numbered.price_date
            rows between 89 preceding and current row
        )

),

final_metrics as (

    select
        windowed.ticker,
        windowed.price_date,

        windowed.unit,

        case when windowed.observation_number >= 7 then windowed.close_mean_7d end as close_mean_7d,
        case when windowed.observation_number >= 7 then windowed.close_min_7d end as close_min_7d,
        case when windowed.observation_number >= 7 then windowed.close_max_7d end as close_max_7d,
        case when windowed.observation_number > 7 then windowed.return_mean_7d end as return_mean_7d,
        case when windowed.observation_number > 7 then windowed.volatility_7d end as volatility_7d,
        case
            when windowed.observation_number >= 7
                then windowed.close / nullif(windowed.close_max_7d, 0.0e0) - 1.0e0
        end as drawdown_7d,
        case when windowed.observation_number >= 14 then windowed.close_mean_14d end as close_mean_14d,
        case when windowed.observation_number >= 14 then windowed.close_min_14d end as close_min_14d,
        case when windowed.observation_number >= 14 then windowed.close_max_14d end as close_max_14d,
        case when windowed.observation_number > 14 then windowed.return_mean_14d end as return_mean_14d,
        case when windowed.observation_number > 14 then windowed.volatility_14d end as volatility_14d,
        case
            when windowed.observation_number >= 14
                then windowed.close / nullif(windowed.close_max_14d, 0.0e0) - 1.0e0
        end as drawdown_14d,
        case when windowed.observation_number >= 30 then windowed.close_mean_30d end as close_mean_30d,
        case when windowed.observation_number >= 30 then windowed.close_min_30d end as close_min_30d,
        case when windowed.observation_number >= 30 then windowed.close_max_30d end as close_max_30d,
        case when windowed.observation_number > 30 then windowed.return_mean_30d end as return_mean_30d,
        case when windowed.observation_number > 30 then windowed.volatility_30d end as volatility_30d,
        case
            when windowed.observation_number >= 30
                then windowed.close / nullif(windowed.close_max_30d, 0.0e0) - 1.0e0
        end as drawdown_30d,
        case when windowed.observation_number >= 90 then windowed.close_mean_90d end as close_mean_90d,
        case when windowed.observation_number >= 90 then windowed.close_min_90d end as close_min_90d,
        case when windowed.observation_number >= 90 then windowed.close_max_90d end as close_max_90d,
        case when windowed.observation_number > 90 then windowed.return_mean_90d end as return_mean_90d,
        case when windowed.observation_number > 90 then windowed.volatility_90d end as volatility_90d,
        case
            when windowed.observation_number >= 90
                then windowed.close / nullif(windowed.close_max_90d, 0.0e0) - 1.0e0
        end as drawdown_90d
    from windowed

)

select * from final_metrics
