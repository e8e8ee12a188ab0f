-- Every publication that replaced another one is a restatement.
-- severity: error
select
    cell_records.source,
    cell_records.resource,
    cell_records.ticker,
    cell_records.date,
    cell_records.number
from lake.cell_records as cell_records
left join metadata.restatements as restatements
    on concat(cell_records.source, '.', cell_records.resource) = restatements.dataset
    and cell_records.ticker = restatements.ticker
    and cell_records.date = restatements.price_date
    and cell_records.number = restatements.publication_number
where
    cell_records.event = 'published'
    and cell_records.supersedes_number is not null
    and restatements.ticker is null
