-- What each asset returned over each period that ends with the last day of the data. A period goes from its first
-- observed close on or after its start to its last observed close on or before its end, each with its date; where
-- the two are one, there is no return. An asset is followed in the unit of its newest close: closes that could only
-- be given in another are left out. The dollar itself takes no part. vs_btc_pct is a difference in percentage points.
-- grain: asset x period with at least one observed close in it
-- key: ticker, period
-- sources: intermediate.int_market__comparable_prices, marts.dim_assets, marts.dim_dates
-- column class: What kind of asset it is: crypto, stock, fx or index.
-- column start_close: The close on start_date, in unit and in shares of today.
-- column end_close: The close on end_date, in unit and in shares of today.
-- column return_pct: end_close over start_close, less one, in percent; null where start and end are one day.
-- column btc_return_pct: The return of BTC over the same period, in percent; null where there is none.
-- column vs_btc_pct: return_pct less btc_return_pct, in percentage points.
-- column beats_btc: True where the return is above that of BTC; null for BTC itself and where BTC has none.
-- column period_start: The first calendar day of the period.
-- column period_end: The last day of the data.
-- column start_date: The first day on or after period_start with an observed close.
-- column end_date: The last day on or before period_end with an observed close.
with observed as (

    select * from intermediate.int_market__comparable_prices

),

last_day as (

    select
        dates.calendar_date as last_date,
        dates.day_number,
        dates.day_of_year
    from (select max(observed.price_date) as last_date from observed) as newest
    inner join marts.dim_dates as dates
        on newest.last_date = dates.calendar_date

),

spans as (

    select
        lengths.period,
        last_day.day_number - coalesce(lengths.days_back, last_day.day_of_year - 1) as first_day_number,
        last_day.last_date
    from (
        values ('7D', 7), ('1M', 30), ('3M', 91), ('6M', 182), ('YTD', cast(null as integer)), ('1Y', 365)
    ) as lengths (period, days_back)
    cross join last_day

),

periods as (

    select
        spans.period,
        spans.first_day_number,
        dates.calendar_date as period_start,
        spans.last_date as period_end
    from spans
    left join marts.dim_dates as dates
        on spans.first_day_number = dates.day_number

),

bounded as (

    select
        observed.ticker,
        periods.period,
        observed.unit,
        min_by(observed.close, observed.price_date) as start_close,
        max_by(observed.close, observed.price_date) as end_close,
        periods.period_start,
        periods.period_end,
        min(observed.price_date) as start_date,
        max(observed.price_date) as end_date
    from observed
    inner join periods
        on observed.day_number >= periods.first_day_number
    group by observed.ticker, periods.period, observed.unit, periods.period_start, periods.period_end

),

returned as (

    select
        bounded.*,
        case
            when bounded.start_date < bounded.end_date
                then (bounded.end_close / nullif(bounded.start_close, 0.0e0) - 1.0e0) * 100.0e0
        end as return_pct
    from bounded

),

returned_by_btc as (

    select
        returned.period,
        returned.return_pct
    from returned
    where returned.ticker = 'BTC'

),

final_summary as (

    select
        returned.ticker,
        returned.period,

        assets.class,
        returned.unit,

        returned.start_close,
        returned.end_close,
        returned.return_pct,
        returned_by_btc.return_pct as btc_return_pct,
        returned.return_pct - returned_by_btc.return_pct as vs_btc_pct,

        case when returned.ticker <> 'BTC' then returned.return_pct > returned_by_btc.return_pct end as beats_btc,

        returned.period_start,
        returned.period_end,
        returned.start_date,
        returned.end_date
    from returned
    left join returned_by_btc
        on returned.period = returned_by_btc.period
    left join marts.dim_assets as assets
        on returned.ticker = assets.ticker

)

select * from final_summary
