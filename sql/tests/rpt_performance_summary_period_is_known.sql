-- A period is one of the six, and ends with the last day of the data.
-- severity: error
select
    summary.ticker,
    summary.period,
    summary.period_end
from marts.rpt_performance_summary as summary
cross join (select max(prices.price_date) as last_date from marts.fct_daily_prices as prices) as newest
where
    summary.period not in ('7D', '1M', '3M', '6M', 'YTD', '1Y')
    or summary.period_end is distinct from newest.last_date
