-- The segments of a day hold together just the coins that are counted, and what these are worth.
-- severity: error
with facts as (

    select
        snapshots.snapshot_date,
        count(*) as coin_count,
        sum(snapshots.market_cap) as market_cap
    from marts.fct_market_snapshots as snapshots
    where snapshots.currency = 'USD' and snapshots.is_counted
    group by snapshots.snapshot_date

),

segments as (

    select
        segments.snapshot_date,
        sum(segments.coin_count) as coin_count,
        sum(segments.market_cap) as market_cap,
        sum(segments.market_share_pct) as market_share_pct
    from marts.rpt_market_segments as segments
    group by segments.snapshot_date

)

select facts.snapshot_date
from facts
left join segments
    on facts.snapshot_date = segments.snapshot_date
where coalesce(segments.coin_count, 0) <> facts.coin_count
    or abs(coalesce(segments.market_cap, 0.0e0) - facts.market_cap) > 0.000000001e0 * facts.market_cap
    or abs(segments.market_share_pct - 100.0e0) > 0.000001e0
