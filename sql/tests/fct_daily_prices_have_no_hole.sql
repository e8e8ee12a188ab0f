-- From an asset's first observed day to the last day of the data there is a row for every calendar day.
-- severity: error
with spans as (

    select
        prices.ticker,
        count(*) as days,
        min(dates.day_number) as first_day_number,
        max(dates.day_number) as last_day_number
    from marts.fct_daily_prices as prices
    inner join marts.dim_dates as dates
        on prices.price_date = dates.calendar_date
    group by prices.ticker

)

select * from spans
where spans.days <> spans.last_day_number - spans.first_day_number + 1
