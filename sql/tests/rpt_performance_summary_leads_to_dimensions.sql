-- Every asset of the report is one of the configured ones.
-- severity: error
select
    summary.ticker,
    summary.period
from marts.rpt_performance_summary as summary
left join marts.dim_assets as assets
    on summary.ticker = assets.ticker
where assets.ticker is null or summary.class is distinct from assets.class
