-- A coin that is matched stands in the mapping with just this source's id, and one that is not is called by its source.
-- severity: error
select
    coins.coin,
    coins.dataset,
    coins.snapshot_date
from intermediate.int_coins__unified as coins
left join lake.coins as mapping
    on coins.coin = mapping.coin
    and coins.source = mapping.source
    and coins.source_coin_id = mapping.source_coin_id
where coins.is_matched <> (mapping.coin is not null)
    or (not coins.is_matched and coins.coin <> concat_ws(':', coins.source, coins.source_coin_id))
