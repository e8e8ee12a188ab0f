-- It has every row of the facts in US dollars, with the same price, and its parts of a day's market make up the whole.
-- severity: error
select
    facts.coin,
    facts.snapshot_date
from marts.fct_market_snapshots as facts
left join marts.rpt_crypto_analytics as analytics
    on facts.coin = analytics.coin and facts.snapshot_date = analytics.snapshot_date
where facts.currency = 'USD'
    and (analytics.coin is null or coalesce(facts.price, -1.0e0) <> coalesce(analytics.price, -1.0e0))
union all
select
    'all' as coin,
    analytics.snapshot_date
from marts.rpt_crypto_analytics as analytics
group by analytics.snapshot_date
having abs(sum(analytics.market_dominance_pct) - 100.0e0) > 0.000001e0
