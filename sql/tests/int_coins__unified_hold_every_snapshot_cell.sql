-- Every published coin of a snapshot has its row, under one id of ours or of its source.
-- severity: error
select
    snapshots.dataset,
    snapshots.ticker,
    snapshots.price_date
from staging.stg_coin_snapshots as snapshots
left join intermediate.int_coins__unified as coins
    on snapshots.dataset = coins.dataset
    and snapshots.coin_id = coins.source_coin_id
    and snapshots.price_date = coins.snapshot_date
where coins.coin is null
