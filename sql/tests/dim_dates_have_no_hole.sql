-- The calendar leaves no day out, or a price on that day would be lost.
-- severity: error
with counted as (

    select
        min(dates.day_number) as first_day_number,
        max(dates.day_number) as last_day_number,
        count(*) as days
    from marts.dim_dates as dates

)

select *
from counted
where counted.last_day_number - counted.first_day_number + 1 <> counted.days
