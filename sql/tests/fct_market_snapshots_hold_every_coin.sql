-- Every coin that a snapshot has on a day has its row, and each row has a snapshot and so a batch behind it.
-- severity: error
select
    coalesce(coins.coin, facts.coin) as coin,
    coalesce(coins.snapshot_date, facts.snapshot_date) as snapshot_date
from (
    select distinct coins.coin, coins.snapshot_date, coins.currency from intermediate.int_coins__unified as coins
) as coins
full join marts.fct_market_snapshots as facts
    on coins.coin = facts.coin
    and coins.snapshot_date = facts.snapshot_date
    and coins.currency = facts.currency
where coins.coin is null or facts.coin is null
