-- On every day on which its snapshot has a coin, the version that began last holds, and says of it what the snapshot
-- says.
-- severity: error
with days as (

    select
        snapshots.coin,
        snapshots.snapshot_date,
        snapshots.source_symbol,
        snapshots.source_name,
        begun.version as begun_version
    from intermediate.int_coins__unified as snapshots
    inner join (select distinct coins.coin, coins.dataset from marts.dim_coins as coins) as own
        on snapshots.coin = own.coin and snapshots.dataset = own.dataset
    left join marts.dim_coins as begun
        on snapshots.coin = begun.coin and snapshots.snapshot_date = begun.valid_from

),

placed as (

    -- A range join of each day with all versions takes minutes where this takes a second.
    select
        days.coin,
        days.snapshot_date,
        days.source_symbol,
        days.source_name,
        max(days.begun_version) over (
            partition by days.coin
            order by days.snapshot_date
            rows between unbounded preceding and current row
        ) as version
    from days

)

select
    placed.coin,
    placed.snapshot_date
from placed
left join marts.dim_coins as coins
    on placed.coin = coins.coin and placed.version = coins.version
where coins.coin is null
    or not coins.is_active
    or coins.valid_to <= placed.snapshot_date
    or coalesce(placed.source_symbol, '') <> coalesce(coins.symbol, '')
    or coalesce(placed.source_name, '') <> coalesce(coins.name, '')
