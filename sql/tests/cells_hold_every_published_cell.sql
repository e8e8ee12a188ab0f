-- Every published cell of the warehouse is in the grid.
-- severity: error
select
    lineage.dataset,
    lineage.ticker,
    lineage.price_date
from metadata.lineage as lineage
left join metadata.cells as cells
    on lineage.dataset = cells.dataset
    and lineage.ticker = cells.ticker
    and lineage.price_date = cells.price_date
where cells.ticker is null
