-- How far each close of the last year lies below the highest close of that year so far, in percent.
with year_of_data as (

    select prices.*
    from intermediate.int_market__unified_prices as prices
    where prices.ticker <> 'USD'
        and prices.price_date >= (select max(price_date) - 365 from intermediate.int_market__unified_prices where ticker <> 'USD')

)

select
    shown.ticker,
    shown.place,
    year_of_data.price_date,
    round(100 * (year_of_data.close_split_adjusted / max(year_of_data.close_split_adjusted) over (
        partition by year_of_data.ticker order by year_of_data.price_date
    ) - 1), 3) as value
from year_of_data
inner join shown
    on year_of_data.ticker = shown.ticker
order by shown.place, year_of_data.price_date
