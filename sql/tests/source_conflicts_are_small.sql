-- Two sources of one asset agree to one percent; where they do not, one of them is wrong or is another asset.
-- severity: warning
select
    conflicts.ticker,
    conflicts.price_date,
    conflicts.chosen_dataset,
    conflicts.other_dataset,
    conflicts.difference_pct
from metadata.source_conflicts as conflicts
where abs(conflicts.difference_pct) > 1.0e0
