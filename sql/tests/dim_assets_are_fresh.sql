-- An asset whose newest observation lies more than 7 open days behind the last day of the data: its source has gone
-- quiet. A warning, since the other assets are as good as ever.
-- severity: warning
select
    assets.ticker,
    assets.last_date,
    gaps.missing_open_days as open_days_behind
from marts.dim_assets as assets
inner join intermediate.int_market__data_gaps as gaps
    on assets.ticker = gaps.ticker
where gaps.first_missing_date > assets.last_date and gaps.missing_open_days > 7
