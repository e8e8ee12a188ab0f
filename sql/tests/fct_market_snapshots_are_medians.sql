-- As many sources lie below the price as above it, but where one has just that price; it lies between all of them.
-- severity: error
select
    facts.coin,
    facts.snapshot_date,
    facts.currency
from marts.fct_market_snapshots as facts
inner join intermediate.int_coins__unified as coins
    on facts.coin = coins.coin
    and facts.snapshot_date = coins.snapshot_date
    and facts.currency = coins.currency
where coins.price is not null
group by facts.coin, facts.snapshot_date, facts.currency, facts.price
having facts.price is null
    or (
        sum(case when coins.price < facts.price then 1 else 0 end)
        <> sum(case when coins.price > facts.price then 1 else 0 end)
        and max(case when coins.price = facts.price then 1 else 0 end) = 0
    )
    or facts.price < min(coins.price)
    or facts.price > max(coins.price)
