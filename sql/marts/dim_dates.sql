-- The calendar: whole years, those of the seeds (1990 to 2035) and beyond them those in which the lake has days.
-- Holidays are those of the federal government of the USA, of England's banks, and, for the EU, the days from Monday
-- to Friday on which TARGET is closed, the payment system on whose open days the ECB fixes its rates. A session and a
-- TARGET day are null where the calendar is not known: before 1990 and after 2035, for TARGET before 1999. An early
-- close is local time of New York. Currencies are traded from Monday to Friday, holidays included. What is open for
-- which asset is its own matter, see fct_daily_prices.
-- grain: calendar day
-- key: calendar_date
-- sources: lake.dates, seeds.holidays, seeds.nyse_days, seeds.calendar_spans
-- column calendar_date: The day.
-- column year: The calendar year.
-- column quarter: The quarter of the year, 1 to 4.
-- column month: The month of the year, 1 to 12.
-- column day_of_month: The day of the month, from 1.
-- column day_of_year: The day of the year, from 1.
-- column iso_year: The year of the ISO week, which differs from year around 1 January.
-- column iso_week: The ISO week, 1 to 53; it belongs to the year in which its Thursday lies.
-- column iso_weekday: The day of the week, 1 for Monday to 7 for Sunday.
-- column weekday_name: The English name of the day of the week.
-- column us_holiday: The federal holiday of the USA on this day; null where there is none.
-- column uk_holiday: The bank holiday of England on this day; null where there is none.
-- column eu_holiday: The day on which TARGET is closed, by name; null where there is none.
-- column nyse_early_close: When the NYSE closes early, local time of New York as HH:MM; null where it does not.
-- column is_weekend: True on Saturday and Sunday.
-- column is_month_start: True on the first day of a month.
-- column is_month_end: True on the last day of a month.
-- column is_quarter_start: True on the first day of a quarter.
-- column is_quarter_end: True on the last day of a quarter.
-- column is_year_end: True on 31 December.
-- column is_nyse_session: True where the NYSE is open; null where its calendar is not known.
-- column is_fx_day: True from Monday to Friday, when currencies are traded.
-- column is_target_day: True where TARGET is open and the ECB fixes its rates; null where its calendar is not known.
-- column month_start_date: The first day of the month.
-- column month_end_date: The last day of the month.
-- column quarter_start_date: The first day of the quarter.
-- column quarter_end_date: The last day of the quarter.
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

holidays as (

    select
        cast(holidays.calendar_date as date) as calendar_date,
        max(case when holidays.area = 'us' then holidays.name end) as us_holiday,
        max(case when holidays.area = 'uk' then holidays.name end) as uk_holiday,
        max(case when holidays.area = 'eu' then holidays.name end) as eu_holiday
    from seeds.holidays as holidays
    group by holidays.calendar_date

),

nyse_days as (

    select
        cast(days.calendar_date as date) as calendar_date,
        days.early_close,
        cast(days.is_open as boolean) as is_open
    from seeds.nyse_days as days

),

spans as (

    select
        spans.calendar,
        cast(spans.first_date as date) as first_date,
        cast(spans.last_date as date) as last_date
    from seeds.calendar_spans as spans

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
        holidays.us_holiday,
        holidays.uk_holiday,
        holidays.eu_holiday,
        nyse_days.early_close as nyse_early_close,

        bounded.iso_weekday >= 6 as is_weekend,
        bounded.calendar_date = bounded.month_start_date as is_month_start,
        bounded.calendar_date = bounded.month_end_date as is_month_end,
        bounded.calendar_date = bounded.quarter_start_date as is_quarter_start,
        bounded.calendar_date = bounded.quarter_end_date as is_quarter_end,
        bounded.month = 12 and bounded.day_of_month = 31 as is_year_end,
        case
            when nyse_span.calendar is not null then bounded.iso_weekday <= 5 and coalesce(nyse_days.is_open, true)
        end as is_nyse_session,
        bounded.iso_weekday <= 5 as is_fx_day,
        case
            when target_span.calendar is not null then bounded.iso_weekday <= 5 and holidays.eu_holiday is null
        end as is_target_day,

        bounded.month_start_date,
        bounded.month_end_date,
        bounded.quarter_start_date,
        bounded.quarter_end_date
    from bounded
    left join holidays
        on bounded.calendar_date = holidays.calendar_date
    left join nyse_days
        on bounded.calendar_date = nyse_days.calendar_date
    left join spans as nyse_span
        on nyse_span.calendar = 'nyse'
        and bounded.calendar_date >= nyse_span.first_date
        and bounded.calendar_date <= nyse_span.last_date
    left join spans as target_span
        on target_span.calendar = 'target'
        and bounded.calendar_date >= target_span.first_date
        and bounded.calendar_date <= target_span.last_date

)

select * from flagged
