-- Sources agree on a coin's price within the more tolerant of their contracts; where not, both are kept and it is said.
-- severity: warning
select
    facts.coin,
    facts.snapshot_date,
    facts.price_spread_pct
from marts.fct_market_snapshots as facts
where facts.is_beyond_tolerance
