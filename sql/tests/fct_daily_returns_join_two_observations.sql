-- A return joins the closes of two observed days, with no observed day between them.
-- severity: error
with days as (

    select
        prices.ticker,
        prices.price_date,
        prices.price_status,
        prices.close_split_adjusted as close,
        lag(prices.observed_date) over (partition by prices.ticker order by prices.price_date) as observed_before
    from marts.fct_daily_prices as prices

),

ends as (

    select
        returns.ticker,
        returns.price_date,
        returns.previous_date,
        days.price_status,
        days.observed_before,
        starts.price_status as status_of_previous_date,
        starts.close as close_of_previous_date,
        returns.previous_close
    from marts.fct_daily_returns as returns
    left join days
        on returns.ticker = days.ticker and returns.price_date = days.price_date
    left join days as starts
        on returns.ticker = starts.ticker and returns.previous_date = starts.price_date

)

select * from ends
where
    ends.price_status is distinct from 'OBSERVED'
    or ends.previous_date is distinct from ends.observed_before
    or (ends.previous_date is not null and ends.status_of_previous_date is distinct from 'OBSERVED')
    or ends.previous_close is distinct from ends.close_of_previous_date
