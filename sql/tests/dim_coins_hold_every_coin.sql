-- Every coin of the facts has a version that began no later.
-- severity: error
select
    facts.coin,
    facts.snapshot_date
from marts.fct_market_snapshots as facts
left join marts.dim_coins as coins
    on facts.coin = coins.coin and coins.version = 1 and coins.valid_from <= facts.snapshot_date
where coins.coin is null
