-- A spread is none below zero, and there is one just where two sources have a price.
-- severity: error
select
    facts.coin,
    facts.snapshot_date,
    facts.currency
from marts.fct_market_snapshots as facts
where (facts.price_count > 1) <> (facts.price_spread_pct is not null)
    or facts.price_spread_pct < 0.0e0
    or facts.price_count > facts.source_count
