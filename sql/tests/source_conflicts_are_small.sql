-- Two sources of one asset agree to what their contracts tolerate; where they do not, one of them is wrong or is another asset.
-- severity: warning
select
    conflicts.ticker,
    conflicts.price_date,
    conflicts.chosen_dataset,
    conflicts.other_dataset,
    conflicts.difference_pct,
    conflicts.tolerance_pct
from metadata.source_conflicts as conflicts
where conflicts.is_beyond_tolerance
