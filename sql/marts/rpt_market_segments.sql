-- The segments of the market day by day, in US dollars: how many coins, what they are worth, what was traded, and how
-- they moved in 24 hours. The mean counts every coin alike; the weighted change is that of a purse that held all of the
-- segment's coins a day before, so that large ones count for more. Only coins that are counted are in it, each once.
-- Which coin is of which segment says contracts/coins.yaml, as it is today; a coin in no mapping is unclassified.
-- grain: segment x snapshot day
-- key: segment, snapshot_date
-- sources: marts.fct_market_snapshots
-- column coin_count: The coins of the segment that are counted.
-- column market_cap: What all of them are worth, in US dollars; null where it is known of none.
-- column volume: What was traded of all of them in 24 hours, in US dollars; null where it is known of none.
-- column market_share_pct: The part that market_cap is of that of all segments of the day, in percent.
-- column change_24h_mean_pct: The mean of the coins' changes in 24 hours, in percent, of those that have one.
-- column change_24h_weighted_pct: How much more those with a market capitalisation and a change are worth together than 24 hours before, at today's supply, in percent.
with facts as (

    select
        snapshots.*,
        1.0e0 + snapshots.change_24h_pct / 100.0e0 as growth
    from marts.fct_market_snapshots as snapshots
    where snapshots.currency = 'USD' and snapshots.is_counted

),

summed as (

    select
        facts.segment,
        facts.snapshot_date,
        count(*) as coin_count,
        sum(facts.market_cap) as market_cap,
        sum(facts.volume) as volume,
        avg(facts.change_24h_pct) as change_24h_mean_pct,
        sum(case when facts.growth > 0.0e0 then facts.market_cap end) as weighed_market_cap,
        sum(case when facts.growth > 0.0e0 then facts.market_cap / facts.growth end) as weighed_market_cap_before
    from facts
    group by facts.segment, facts.snapshot_date

),

final_segments as (

    select
        summed.segment,
        summed.snapshot_date,

        summed.coin_count,
        summed.market_cap,
        summed.volume,
        summed.market_cap / nullif(
            sum(summed.market_cap) over (partition by summed.snapshot_date), 0.0e0
        ) * 100.0e0 as market_share_pct,
        summed.change_24h_mean_pct,
        summed.weighed_market_cap / nullif(summed.weighed_market_cap_before, 0.0e0) * 100.0e0
            - 100.0e0 as change_24h_weighted_pct
    from summed

)

select * from final_segments
