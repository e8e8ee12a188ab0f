-- Of the coins in no mapping, those of one snapshot a day are counted, so that none comes in under two names.
-- severity: error
select
    coins.snapshot_date,
    coins.currency
from marts.fct_market_snapshots as facts
inner join intermediate.int_coins__unified as coins
    on facts.coin = coins.coin
    and facts.snapshot_date = coins.snapshot_date
    and facts.currency = coins.currency
where facts.is_counted and not coins.is_matched
group by coins.snapshot_date, coins.currency
having count(distinct coins.source) > 1
