-- The coins of snapshots that are in no mapping, as they were in the newest snapshot that has them: candidates for
-- contracts/coins.yaml. A coin that shares a symbol with one of ours may be another coin.
-- grain: coin of a snapshot dataset that contracts/coins.yaml does not name
-- key: dataset, source_coin_id
-- sources: intermediate.int_coins__unified
-- column symbol: The short name in the source's words; several coins may share one.
-- column name: The name in the source's words.
-- column rank: Its place in that snapshot.
-- column market_cap: Its market capitalisation in that snapshot, in currency.
-- column snapshot_count: The snapshots that have it.
-- column first_snapshot_date: The UTC day of the first snapshot that has it.
-- column last_snapshot_date: The UTC day of the newest snapshot that has it.
with unmatched as (

    select * from intermediate.int_coins__unified
    where not is_matched

),

numbered as (

    select
        unmatched.dataset,
        unmatched.source_coin_id,
        unmatched.source,
        unmatched.symbol,
        unmatched.name,
        unmatched.currency,
        unmatched.rank,
        unmatched.market_cap,
        unmatched.snapshot_date as last_snapshot_date,
        count(*) over (partition by unmatched.dataset, unmatched.source_coin_id) as snapshot_count,
        min(unmatched.snapshot_date) over (
            partition by unmatched.dataset, unmatched.source_coin_id
        ) as first_snapshot_date,
        row_number() over (
            partition by unmatched.dataset, unmatched.source_coin_id order by unmatched.snapshot_date desc
        ) as place
    from unmatched

),

final_coins as (

    select
        numbered.dataset,
        numbered.source_coin_id,

        numbered.source,
        numbered.symbol,
        numbered.name,
        numbered.currency,

        numbered.rank,
        numbered.market_cap,
        numbered.snapshot_count,

        numbered.first_snapshot_date,
        numbered.last_snapshot_date
    from numbered
    where numbered.place = 1

)

select * from final_coins
