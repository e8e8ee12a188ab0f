-- No market of the calendar is open on a weekend, and none closes early without being open.
-- severity: error
select
    dates.calendar_date,
    dates.is_nyse_session,
    dates.is_fx_day,
    dates.is_target_day,
    dates.nyse_early_close
from marts.dim_dates as dates
where
    (dates.is_weekend and (dates.is_nyse_session or dates.is_fx_day or dates.is_target_day))
    or (dates.nyse_early_close is not null and not coalesce(dates.is_nyse_session, false))
