-- On every day on which its snapshot has a coin, just one version holds, and says of it what the snapshot says.
-- severity: error
select
    snapshots.coin,
    snapshots.snapshot_date
from intermediate.int_coins__unified as snapshots
inner join (select distinct coins.coin, coins.dataset from marts.dim_coins as coins) as own
    on snapshots.coin = own.coin and snapshots.dataset = own.dataset
left join marts.dim_coins as coins
    on snapshots.coin = coins.coin
    and snapshots.snapshot_date >= coins.valid_from
    and (coins.valid_to is null or snapshots.snapshot_date < coins.valid_to)
    and coins.is_active
    and coalesce(snapshots.source_symbol, '') = coalesce(coins.symbol, '')
    and coalesce(snapshots.source_name, '') = coalesce(coins.name, '')
group by snapshots.coin, snapshots.snapshot_date
having count(coins.version) <> 1
