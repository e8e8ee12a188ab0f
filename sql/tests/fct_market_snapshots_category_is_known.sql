-- A market capitalisation in US dollars has its category, and no other row has one.
-- severity: error
select
    facts.coin,
    facts.snapshot_date,
    facts.currency
from marts.fct_market_snapshots as facts
where (facts.currency = 'USD' and facts.market_cap is not null) <> (facts.market_cap_category is not null)
