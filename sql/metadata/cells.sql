-- How every cell stands, for grids of dates and tickers. Beside the cells that records know there are, for each
-- configured asset and between its first and its last known day, the open days of which nothing is known (missing)
-- and the closed ones that no record names.
-- grain: cell, that is a date of a ticker within one dataset
-- key: ticker, dataset, price_date
-- sources: lake.cells, lake.assets, lake.days, lake.cell_records, lake.snapshots
-- engine: duckdb because a day without a record has an instant with its zone that is null, which other engines write otherwise
-- column state: How the cell stands: published, closed, waiting, refused, failed, skipped or missing.
-- column code: The error code of what went wrong; null where nothing did.
-- column reason: Why the cell stands so, in words; null where there is nothing to say.
-- column run: The run that brought the cell to this state, without the lake's id; null where no record knows the cell.
-- column workflow_id: The workflow that did, of the cell or of its window; null where no record knows the cell.
-- column contract_version: The contract version of the newest record; null where it names none.
-- column is_restated: True where a published file of this cell was ever replaced by another, for another reason than a changed contract.
-- column is_accepted: True where it is published because a person accepted what a rule refused; reason says why.
-- column accepted_until: The last day, in UTC, on which that holds; null where it holds for good, or where there is nothing to hold.
-- column is_snapshot: True for a cell of a snapshot: a member of one, or, where the ticker is all, its whole day.
-- column recorded_at: When the state was recorded, in UTC; null where no record knows the cell.
with restated as (

    select distinct
        cell_records.source,
        cell_records.resource,
        cell_records.ticker,
        cell_records.date
    from lake.cell_records as cell_records
    where
        cell_records.event = 'published'
        and cell_records.supersedes_number is not null
        and coalesce(cell_records.cause, '') <> 'contract'

),

snapshots as (

    select distinct
        snapshots.source,
        snapshots.resource
    from lake.snapshots as snapshots

),

known as (

    select
        cells.ticker,
        concat(cells.source, '.', cells.resource) as dataset,
        cells.date as price_date,
        cells.state,
        cells.code,
        coalesce(cells.reason, cells.acceptance_reason) as reason,
        cells.run,
        cells.workflow_id,
        cells.contract_version,
        restated.ticker is not null as is_restated,
        cells.is_accepted,
        cells.accepted_until,
        snapshots.source is not null as is_snapshot,
        cells.recorded_at
    from lake.cells as cells
    left join snapshots
        on cells.source = snapshots.source and cells.resource = snapshots.resource
    left join restated
        on cells.source = restated.source
        and cells.resource = restated.resource
        and cells.ticker = restated.ticker
        and cells.date = restated.date

),

spans as (

    select
        known.ticker,
        known.dataset,
        min(known.price_date) as first_date,
        max(known.price_date) as last_date
    from known
    group by known.ticker, known.dataset

),

unknown as (

    select
        days.ticker,
        spans.dataset,
        days.date as price_date,
        case when days.is_open then 'missing' else 'closed' end as state,
        cast(null as varchar(1)) as code,
        case when not days.is_open then days.note end as reason,
        cast(null as varchar(1)) as run,
        cast(null as varchar(1)) as workflow_id,
        cast(null as varchar(1)) as contract_version,
        false as is_restated,
        false as is_accepted,
        cast(null as date) as accepted_until,
        false as is_snapshot,
        cast(null as timestamp with time zone) as recorded_at
    from lake.assets as assets
    inner join spans
        on assets.ticker = spans.ticker and assets.dataset = spans.dataset
    inner join lake.days as days
        on spans.ticker = days.ticker and days.date >= spans.first_date and days.date <= spans.last_date
    left join known
        on days.ticker = known.ticker and spans.dataset = known.dataset and days.date = known.price_date
    where known.ticker is null

),

final_cells as (

    select * from known
    union all
    select * from unknown

)

select * from final_cells
