-- Each coin of the snapshots in US dollars, day by day: how large a part of the market it is, where it stands and how far
-- it moved, and what its last days were like. Changes over 1, 7 and 30 days compare with the snapshot of exactly so many
-- days before, and are null where that day was not taken or did not have the coin. Means are over the last 7 and 30
-- snapshots that have the coin with a price, which are more than so many days where some were not taken.
-- grain: coin x snapshot day, of snapshots in US dollars
-- key: coin, snapshot_date
-- sources: marts.fct_market_snapshots, marts.dim_dates, seeds.coin_categories
-- column price_trend_category: strong_up, up, sideways, down or strong_down, by price_change_7d_pct and the limits of seeds.coin_categories; null without such a change.
-- column liquidity_category: high, medium or low, by volume_to_mcap_ratio and the limits of seeds.coin_categories; null without one.
-- column price: The median of the sources' prices, in US dollars.
-- column market_cap: The median of the sources' market capitalisations, in US dollars.
-- column volume: The median of the sources' volumes of 24 hours, in US dollars.
-- column market_rank: The place by market_cap among the coins that are counted that day, from 1.
-- column market_dominance_pct: The part that market_cap is of that of all counted coins of the day, in percent: of those in the snapshots, not of all coins that there are. Null where the coin is not counted.
-- column price_mean_7d: The mean of the last 7 prices; null until there are 7.
-- column price_mean_30d: The mean of the last 30 prices; null until there are 30.
-- column volume_mean_7d: The mean of the volumes on the days of the last 7 prices; null until there are 7 such prices.
-- column volume_mean_30d: The mean of the volumes on the days of the last 30 prices; null until there are 30 such prices.
with facts as (

    select
        snapshots.*,
        dates.day_number
    from marts.fct_market_snapshots as snapshots
    inner join marts.dim_dates as dates
        on snapshots.snapshot_date = dates.calendar_date
    where snapshots.currency = 'USD'

),

totals as (

    select
        facts.snapshot_date,
        sum(facts.market_cap) as market_cap
    from facts
    where facts.is_counted
    group by facts.snapshot_date

),

windowed as (

    select
        facts.coin,
        facts.snapshot_date,
        row_number() over (partition by facts.coin order by facts.snapshot_date) as observation_number,
        avg(facts.price) over last_7 as price_mean_7d,
        avg(facts.price) over last_30 as price_mean_30d,
        avg(facts.volume) over last_7 as volume_mean_7d,
        avg(facts.volume) over last_30 as volume_mean_30d
    from facts
    where facts.price is not null
    window
        last_7 as (
            partition by facts.coin order by facts.snapshot_date rows between 6 preceding and current row
        ),
        last_30 as (
            partition by facts.coin order by facts.snapshot_date rows between 29 preceding and current row
        )

),

moved as (

    select
        facts.coin,
        facts.snapshot_date,
        day_ago.market_rank - facts.market_rank as market_rank_change_1d,
        week_ago.market_rank - facts.market_rank as market_rank_change_7d,
        month_ago.market_rank - facts.market_rank as market_rank_change_30d,
        facts.price / nullif(day_ago.price, 0.0e0) * 100.0e0 - 100.0e0 as price_change_1d_pct,
        facts.price / nullif(week_ago.price, 0.0e0) * 100.0e0 - 100.0e0 as price_change_7d_pct,
        facts.price / nullif(month_ago.price, 0.0e0) * 100.0e0 - 100.0e0 as price_change_30d_pct
    from facts
    left join facts as day_ago
        on facts.coin = day_ago.coin and facts.day_number - 1 = day_ago.day_number
    left join facts as week_ago
        on facts.coin = week_ago.coin and facts.day_number - 7 = week_ago.day_number
    left join facts as month_ago
        on facts.coin = month_ago.coin and facts.day_number - 30 = month_ago.day_number

),

limits as (

    select
        categories.kind,
        categories.category,
        cast(categories.from_value as double) as from_value,
        cast(categories.below_value as double) as below_value
    from seeds.coin_categories as categories

),

final_analytics as (

    select
        facts.coin,
        facts.snapshot_date,

        facts.segment,
        facts.market_cap_category,
        trends.category as price_trend_category,
        liquidity.category as liquidity_category,

        facts.market_rank,
        moved.market_rank_change_1d,
        moved.market_rank_change_7d,
        moved.market_rank_change_30d,
        facts.price,
        facts.market_cap,
        facts.volume,
        facts.volume_to_mcap_ratio,
        facts.price_volatility_24h,
        case
            when facts.is_counted then facts.market_cap / nullif(totals.market_cap, 0.0e0) * 100.0e0
        end as market_dominance_pct,
        moved.price_change_1d_pct,
        moved.price_change_7d_pct,
        moved.price_change_30d_pct,
        case when windowed.observation_number >= 7 then windowed.price_mean_7d end as price_mean_7d,
        case when windowed.observation_number >= 30 then windowed.price_mean_30d end as price_mean_30d,
        case when windowed.observation_number >= 7 then windowed.volume_mean_7d end as volume_mean_7d,
        case when windowed.observation_number >= 30 then windowed.volume_mean_30d end as volume_mean_30d,

        facts.is_counted
    from facts
    inner join moved
        on facts.coin = moved.coin and facts.snapshot_date = moved.snapshot_date
    left join totals
        on facts.snapshot_date = totals.snapshot_date
    left join windowed
        on facts.coin = windowed.coin and facts.snapshot_date = windowed.snapshot_date
    left join limits as trends
        on trends.kind = 'price_trend'
        and moved.price_change_7d_pct >= coalesce(trends.from_value, moved.price_change_7d_pct)
        and (trends.below_value is null or moved.price_change_7d_pct < trends.below_value)
    left join limits as liquidity
        on liquidity.kind = 'liquidity'
        and facts.volume_to_mcap_ratio >= coalesce(liquidity.from_value, facts.volume_to_mcap_ratio)
        and (liquidity.below_value is null or facts.volume_to_mcap_ratio < liquidity.below_value)

)

select * from final_analytics
