-- Every holiday and every short or closed day of the exchange that the seeds name stands in the calendar.
-- severity: error
with named as (

    select cast(holidays.calendar_date as date) as calendar_date, holidays.area, holidays.name
    from seeds.holidays as holidays
    union all
    select cast(days.calendar_date as date) as calendar_date, 'nyse' as area, days.early_close as name
    from seeds.nyse_days as days

),

shown as (

    select
        named.calendar_date,
        named.area,
        named.name,
        case named.area
            when 'us' then dates.us_holiday
            when 'uk' then dates.uk_holiday
            when 'eu' then dates.eu_holiday
            else dates.nyse_early_close
        end as shown_name,
        case
            when named.area = 'nyse' and named.name is null then dates.is_nyse_session
            when named.area = 'nyse' then not dates.is_nyse_session
            else dates.calendar_date is null
        end as is_wrong
    from named
    left join marts.dim_dates as dates
        on named.calendar_date = dates.calendar_date

)

select *
from shown
where coalesce(shown.is_wrong, true) or shown.shown_name is distinct from shown.name
