-- Every published cell has its lineage, and every lineage its published cell.
-- severity: error
select
    coalesce(publications.source, lineage.source) as source,
    coalesce(publications.resource, lineage.resource) as resource,
    coalesce(publications.ticker, lineage.ticker) as ticker,
    coalesce(publications.date, lineage.price_date) as price_date
from lake.publications as publications
full join metadata.lineage as lineage
    on publications.source = lineage.source
    and publications.resource = lineage.resource
    and publications.ticker = lineage.ticker
    and publications.date = lineage.price_date
where publications.ticker is null or lineage.ticker is null
