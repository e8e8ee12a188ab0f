-- A version is another than the one before it in something that a version is made for.
-- severity: error
select
    coins.coin,
    coins.version
from marts.dim_coins as coins
inner join marts.dim_coins as earlier
    on coins.coin = earlier.coin and coins.version = earlier.version + 1
where coins.is_active = earlier.is_active
    and coalesce(coins.rank_band, '') = coalesce(earlier.rank_band, '')
    and coalesce(coins.symbol, '') = coalesce(earlier.symbol, '')
    and coalesce(coins.name, '') = coalesce(earlier.name, '')
