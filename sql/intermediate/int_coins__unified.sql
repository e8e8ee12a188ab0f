-- Every published coin of every snapshot under an id of our own, with how far its price lies from that of the other
-- sources of the same day. A coin is matched by its source's id in contracts/coins.yaml and by nothing else. One that is
-- in no mapping stays as its source calls it, its id made of both (coingecko:some-coin), and is compared with nothing.
-- Where two sources differ by more than their contracts allow, both rows stay, and both say so. Snapshots are taken one
-- after the other: last_updated_at says of which instant each price is.
-- grain: coin x snapshot dataset x snapshot day
-- key: coin, dataset, snapshot_date
-- sources: staging.stg_coin_snapshots, lake.coins, lake.datasets
-- column symbol: Ours where the coin is matched, else the source's.
-- column name: Ours where the coin is matched, else the source's.
-- column rank: The place in this source's snapshot, from 1.
-- column price: The price in this source's snapshot, in currency; null where it has none.
-- column market_cap: The market capitalisation in this source's snapshot, in currency; null where it has none.
-- column price_difference_pct: How far the price lies from the other source's that differs most, in percent of the lower one; null where no other source has a price in the same currency.
-- column tolerance_pct: By how many percent the two may differ that differ most beyond what they may: what the more tolerant of their two contracts says.
-- column is_beyond_tolerance: True where this price and another source's differ by more than the more tolerant of their contracts allows.
-- column last_updated_at: The instant of the row, as the source says it, in UTC; null where it does not.
with named as (

    select
        coalesce(coins.coin, concat_ws(':', snapshots.source, snapshots.coin_id)) as coin,
        snapshots.dataset,
        snapshots.price_date as snapshot_date,
        snapshots.source,
        snapshots.coin_id as source_coin_id,
        coalesce(coins.symbol, snapshots.coin_symbol) as symbol,
        coalesce(coins.name, snapshots.coin_name) as name,
        snapshots.coin_symbol as source_symbol,
        snapshots.coin_name as source_name,
        coalesce(coins.segment, 'unclassified') as segment,
        coalesce(datasets.price_unit, 'not said') as currency,
        datasets.price_tolerance_pct,
        snapshots.batch_id,
        snapshots.rank,
        snapshots.market_cap_rank,
        snapshots.price,
        snapshots.market_cap,
        snapshots.volume,
        snapshots.circulating_supply,
        snapshots.total_supply,
        snapshots.max_supply,
        snapshots.change_24h_pct,
        snapshots.high_24h,
        snapshots.low_24h,
        coins.coin is not null as is_matched,
        snapshots.last_updated as last_updated_at,
        snapshots.observed_at,
        snapshots.published_at
    from staging.stg_coin_snapshots as snapshots
    inner join lake.datasets as datasets
        on snapshots.dataset = datasets.dataset
    left join lake.coins as coins
        on snapshots.source = coins.source and snapshots.coin_id = coins.source_coin_id

),

pairs as (

    select
        one.coin,
        one.dataset,
        one.snapshot_date,
        case
            when one.price > others.price then one.price / nullif(others.price, 0.0e0)
            else others.price / nullif(one.price, 0.0e0)
        end * 100.0e0 - 100.0e0 as difference_pct,
        case
            when one.price_tolerance_pct > others.price_tolerance_pct then one.price_tolerance_pct
            else others.price_tolerance_pct
        end as tolerance_pct
    from named as one
    inner join named as others
        on one.coin = others.coin
        and one.snapshot_date = others.snapshot_date
        and one.currency = others.currency
        and one.dataset <> others.dataset
    where one.is_matched and one.price is not null and others.price is not null

),

compared as (

    select
        pairs.coin,
        pairs.dataset,
        pairs.snapshot_date,
        max(pairs.difference_pct) as price_difference_pct,
        max_by(pairs.tolerance_pct, pairs.difference_pct - pairs.tolerance_pct) as tolerance_pct,
        max(pairs.difference_pct - pairs.tolerance_pct) > 0.0e0 as is_beyond_tolerance
    from pairs
    group by pairs.coin, pairs.dataset, pairs.snapshot_date

),

final_coins as (

    select
        named.coin,
        named.dataset,
        named.snapshot_date,

        named.source,
        named.source_coin_id,
        named.symbol,
        named.name,
        named.source_symbol,
        named.source_name,
        named.segment,
        named.currency,
        named.batch_id,

        named.rank,
        named.market_cap_rank,
        named.price,
        named.market_cap,
        named.volume,
        named.circulating_supply,
        named.total_supply,
        named.max_supply,
        named.change_24h_pct,
        named.high_24h,
        named.low_24h,
        compared.price_difference_pct,
        compared.tolerance_pct,

        named.is_matched,
        coalesce(compared.is_beyond_tolerance, false) as is_beyond_tolerance,

        named.last_updated_at,
        named.observed_at,
        named.published_at
    from named
    left join compared
        on named.coin = compared.coin
        and named.dataset = compared.dataset
        and named.snapshot_date = compared.snapshot_date

)

select * from final_coins
