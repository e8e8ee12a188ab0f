-- How closely two assets moved together over the 30, 90 and 365 calendar days that end with the last day of the data:
-- Pearson's correlation of their returns on the days on which both have one. A return goes back to the asset's own
-- observation before it, so that on a Monday one asset's may cover a weekend and the other's a day. No row with fewer
-- than 20 such days, and none where one of the two does not vary by more than rounding.
-- grain: pair of assets, in the order of the alphabet, x window
-- key: ticker, other_ticker, window_days
-- sources: marts.fct_daily_returns, marts.fct_daily_prices, marts.dim_dates
-- column ticker: The asset of the pair that comes first in the alphabet.
-- column other_ticker: The other asset of the pair.
-- column n: The number of days on which both have a return; never below 20.
-- column correlation: Pearson's correlation of the two returns, from -1 to 1.
-- column first_date: The first of these days.
-- column last_date: The last of these days.
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
        returns.simple_return
    from marts.fct_daily_returns as returns
    inner join marts.dim_dates as dates
        on returns.price_date = dates.calendar_date
    inner join windows
        on dates.day_number > windows.day_number_before
    where returns.simple_return is not null

),

measured as (

    select
        ones.ticker,
        others.ticker as other_ticker,
        ones.window_days,
        count(*) as n,
        corr(ones.simple_return, others.simple_return) as correlation,
        stddev_samp(ones.simple_return) as deviation,
        stddev_samp(others.simple_return) as other_deviation,
        min(ones.price_date) as first_date,
        max(ones.price_date) as last_date
    from in_windows as ones
    inner join in_windows as others
        on ones.window_days = others.window_days
        and ones.price_date = others.price_date
        and ones.ticker < others.ticker
    group by ones.ticker, others.ticker, ones.window_days
    having count(*) >= 20

),

final_correlation as (

    -- Past the twelfth digit a sum depends on the order of its days, and a perfect correlation can be more than one.
    select
        measured.ticker,
        measured.other_ticker,
        measured.window_days,

        cast(measured.n as integer) as n,
        round(measured.correlation, 12) as correlation,

        measured.first_date,
        measured.last_date
    from measured
    where measured.deviation > 1.0e-12 and measured.other_deviation > 1.0e-12

)

select * from final_correlation
