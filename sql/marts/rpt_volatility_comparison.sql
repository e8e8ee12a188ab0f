-- How much each asset swung over the 30, 90 and 365 calendar days that end with the last day of the data, by its
-- observed returns in its own currency. volatility_252_pct takes 252 returns a year for every asset, as published
-- studies do; volatility_own_pct takes as many as the asset really has, which is fair to one that trades every day.
-- Sharpe and Sortino are against zero, by the year. A deviation of no more than rounding counts as none, and has no ratio.
-- grain: asset x window with at least one return in it
-- key: ticker, window_days
-- sources: marts.fct_daily_returns, marts.fct_daily_prices, marts.dim_dates
-- column n: The number of returns in the window.
-- column daily_volatility_pct: The sample standard deviation of the returns, in percent.
-- column volatility_252_pct: daily_volatility_pct times the square root of 252, as published studies have it.
-- column observations_a_year: The returns that the asset has in a year of 365.25 days, at the pace of this window.
-- column volatility_own_pct: daily_volatility_pct times the square root of observations_a_year.
-- column max_drawdown_pct: The deepest fall from a highest close to a later one within the window, in percent; 0 or below.
-- column sharpe: The mean return over its standard deviation, against zero and by the year; null without deviation.
-- column sortino: The mean return over its deviation below zero, against zero and by the year; null without one.
-- column first_date: The day of the first return in the window.
-- column last_date: The day of the last return in the window.
with last_day as (

    select dates.day_number
    from (select max(prices.price_date) as last_date from marts.fct_daily_prices as prices) as newest
    inner join marts.dim_dates as dates
        on newest.last_date = dates.calendar_date

),

windows as (

    select
        lengths.window_days,
        last_day.day_number - lengths.window_days as day_number_before
    from (values (30), (90), (365)) as lengths (window_days)
    cross join last_day

),

in_windows as (

    select
        returns.ticker,
        windows.window_days,
        returns.price_date,
        returns.close,
        returns.simple_return,
        returns.days_between,
        max(returns.close) over (
            partition by returns.ticker, windows.window_days
            order by returns.price_date
            rows between unbounded preceding and current row
        ) as highest_close
    from marts.fct_daily_returns as returns
    inner join marts.dim_dates as dates
        on returns.price_date = dates.calendar_date
    inner join windows
        on dates.day_number > windows.day_number_before

),

measured as (

    select
        in_windows.ticker,
        in_windows.window_days,
        count(in_windows.simple_return) as n,
        avg(in_windows.simple_return) as mean_return,
        stddev_samp(in_windows.simple_return) as deviation,
        sqrt(avg(case
            when in_windows.simple_return < 0.0e0 then in_windows.simple_return * in_windows.simple_return
            when in_windows.simple_return >= 0.0e0 then 0.0e0
        end)) as downside_deviation,
        cast(count(in_windows.simple_return) as double) * 365.25e0
        / nullif(cast(sum(in_windows.days_between) as double), 0.0e0) as observations_a_year,
        min(in_windows.close / nullif(in_windows.highest_close, 0.0e0)) - 1.0e0 as max_drawdown,
        min(case when in_windows.simple_return is not null then in_windows.price_date end) as first_date,
        max(case when in_windows.simple_return is not null then in_windows.price_date end) as last_date
    from in_windows
    group by in_windows.ticker, in_windows.window_days

),

final_comparison as (

    select
        measured.ticker,
        measured.window_days,

        cast(measured.n as integer) as n,
        measured.deviation * 100.0e0 as daily_volatility_pct,
        measured.deviation * sqrt(252.0e0) * 100.0e0 as volatility_252_pct,
        measured.observations_a_year,
        measured.deviation * sqrt(measured.observations_a_year) * 100.0e0 as volatility_own_pct,
        measured.max_drawdown * 100.0e0 as max_drawdown_pct,
        case
            when measured.deviation > 1.0e-12
                then measured.mean_return / measured.deviation * sqrt(measured.observations_a_year)
        end as sharpe,
        case
            when measured.downside_deviation > 1.0e-12
                then measured.mean_return / measured.downside_deviation * sqrt(measured.observations_a_year)
        end as sortino,

        measured.first_date,
        measured.last_date
    from measured
    where measured.n > 0

)

select * from final_comparison
