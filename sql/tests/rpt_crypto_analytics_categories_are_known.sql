-- A change over a week has its trend and a turnover its liquidity, and neither stands without.
-- severity: error
select
    analytics.coin,
    analytics.snapshot_date
from marts.rpt_crypto_analytics as analytics
where (analytics.price_change_7d_pct is not null) <> (analytics.price_trend_category is not null)
    or (analytics.volume_to_mcap_ratio is not null) <> (analytics.liquidity_category is not null)
