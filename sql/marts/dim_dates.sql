-- The calendar, from 1 January of the lake's first year to 31 December of its last. What is open when is the
-- asset's matter, see fct_daily_prices.
-- grain: calendar day
-- key: calendar_date
-- sources: lake.dates
with padded as (

    -- Day 0 was a Thursday. A week belongs to the ISO year in which its Thursday lies.
    select
        dates.date as calendar_date,
        dates.day_number,
        dates.day_of_year,
        dates.is_padding,
        (dates.day_number + 3) % 7 + 1 as iso_weekday,
        dates.day_number - (dates.day_number + 3) % 7 + 3 as thursday_number
    from lake.dates as dates

),

dated as (

    select
        padded.calendar_date,
        padded.day_number,
        cast(year(padded.calendar_date) as integer) as year,
        cast(floor((month(padded.calendar_date) + 2) / 3.0e0) as integer) as quarter,
        cast(month(padded.calendar_date) as integer) as month,
        cast(day(padded.calendar_date) as integer) as day_of_month,
        padded.day_of_year,
        cast(year(thursdays.calendar_date) as integer) as iso_year,
        cast(floor((thursdays.day_of_year + 6) / 7.0e0) as integer) as iso_week,
        padded.iso_weekday
    from padded
    inner join padded as thursdays
        on padded.thursday_number = thursdays.day_number
    where not padded.is_padding

),

bounded as (

    select
        dated.*,
        min(dated.calendar_date) over (partition by dated.year, dated.month) as month_start_date,
        max(dated.calendar_date) over (partition by dated.year, dated.month) as month_end_date,
        min(dated.calendar_date) over (partition by dated.year, dated.quarter) as quarter_start_date,
        max(dated.calendar_date) over (partition by dated.year, dated.quarter) as quarter_end_date
    from dated

),

flagged as (

    select
        bounded.calendar_date,

        bounded.day_number,
        bounded.year,
        bounded.quarter,
        bounded.month,
        bounded.day_of_month,
        bounded.day_of_year,
        bounded.iso_year,
        bounded.iso_week,
        bounded.iso_weekday,
        case bounded.iso_weekday
            when 1 then 'Monday'
            when 2 then 'Tuesday'
            when 3 then 'Wednesday'
            when 4 then 'Thursday'
            when 5 then 'Friday'
            when 6 then 'Saturday'
            else 'Sunday'
        end as weekday_name,

        bounded.iso_weekday >= 6 as is_weekend,
        bounded.calendar_date = bounded.month_start_date as is_month_start,
        bounded.calendar_date = bounded.month_end_date as is_month_end,
        bounded.calendar_date = bounded.quarter_start_date as is_quarter_start,
        bounded.calendar_date = bounded.quarter_end_date as is_quarter_end,
        bounded.month = 12 and bounded.day_of_month = 31 as is_year_end,

        bounded.month_start_date,
        bounded.month_end_date,
        bounded.quarter_start_date,
        bounded.quarter_end_date
    from bounded

)

select * from flagged
