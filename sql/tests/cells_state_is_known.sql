-- A cell is in one of the states that people are shown. Records are never changed, so that one that is not could
-- not be mended: it is reported and stops nothing.
-- severity: warning
select
    cells.ticker,
    cells.dataset,
    cells.price_date,
    cells.state
from metadata.cells as cells
where
    cells.state not in ('published', 'closed', 'waiting', 'refused', 'failed', 'skipped', 'missing')
    or cells.state is null
