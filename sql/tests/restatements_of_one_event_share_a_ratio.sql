-- The restatements of an event with several cells changed their closes by one ratio, but for rounding.
-- severity: error
select
    restatements.event_id,
    restatements.price_date,
    restatements.close_ratio,
    restatements.event_ratio
from metadata.restatements as restatements
where
    restatements.event_cells > 1
    and not coalesce(abs(restatements.close_ratio / restatements.event_ratio - 1) <= 0.02, false)
