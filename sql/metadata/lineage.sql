-- The way back from every published cell: the record and the workflow that published it, its audit and what it says, the
-- batch of raw answers it was read from, and where each of them lies below the lake's root. Join it to a price by
-- dataset, ticker and observed_date.
-- grain: published cell of one dataset
-- key: dataset, ticker, price_date
-- sources: lake.publications, lake.asset_sources, lake.cell_records, lake.window_records, lake.audits, intermediate.int_market__judgements
-- engine: duckdb because keys are percent-encoded in paths
-- column source_place: Which of its asset's sources the dataset is, as configured now: 1 is the first, more a fallback; null where it is none.
-- column publication_number: The number of the record that published the file, in the folder of the cell's records.
-- column run: The run that caused the publication, without the lake's id.
-- column workflow_id: The workflow that published the cell.
-- column workflow_run_id: The execution of that workflow.
-- column row_count: The number of rows in the published file.
-- column cause: Why its batch was judged again: contract (a contract was changed; the price is as it was) or acceptance; null where it was judged once.
-- column audit_path: The verdict of the audit that the file was published after, below the lake's root.
-- column audit_status: PASSED, ACCEPTED (refused by a rule, and let through by a person) or REFUSED (published before, refused now).
-- column audit_reason: Why a person accepted it, or why it is refused; null where its audit passed.
-- column accepted_until: The last day, in UTC, on which the acceptance holds; null where there is none, or where it holds for good.
-- column audit_rule_count: The number of rules of the contract that the audit evaluated; null where the verdict is gone.
-- column fetched_at: When the first page of the batch came, in UTC.
-- column request_count: The number of requests that the batch took; null where no record of its window says so.
-- column staging_path: The folder of the batch's raw answers and their manifest, below the lake's root.
-- column bronze_path: The published file, below the lake's root.
-- column supersedes_number: The record whose file this one replaced; null where it replaced none.
-- column times_restated: How often a published file of this cell was replaced so far, for another reason than a changed contract.
with records as (

    select
        cell_records.*,
        count(case when coalesce(cell_records.cause, '') <> 'contract' then cell_records.supersedes_number end) over (
            partition by cell_records.source, cell_records.resource, cell_records.ticker, cell_records.date
            order by cell_records.number
            rows between unbounded preceding and current row
        ) as times_restated
    from lake.cell_records as cell_records
    where cell_records.event = 'published'

),

audits as (

    -- An attempt begins anew where a worker died, so that its verdict may have been written twice.
    select
        audits.source,
        audits.resource,
        audits.ticker,
        audits.date,
        audits.attempt_id,
        max(audits.rule_count) as rule_count
    from lake.audits as audits
    group by audits.source, audits.resource, audits.ticker, audits.date, audits.attempt_id

),

batches as (

    select
        window_records.source,
        window_records.batch_id,
        max(window_records.request_count) as request_count
    from lake.window_records as window_records
    where window_records.event = 'staged'
    group by window_records.source, window_records.batch_id

),

joined as (

    select
        publications.*,
        asset_sources.place as source_place,
        records.workflow_run_id,
        records.ingestion_date,
        records.cause,
        records.audit as audit_path,
        judgements.audit_status,
        judgements.audit_reason,
        judgements.accepted_until,
        records.supersedes_number,
        records.times_restated,
        audits.rule_count as audit_rule_count,
        batches.request_count,
        replace(url_encode(publications.source), '~', '%7E') as source_in_path,
        replace(url_encode(publications.resource), '~', '%7E') as resource_in_path,
        replace(url_encode(publications.ticker), '~', '%7E') as ticker_in_path,
        replace(url_encode(publications.batch_id), '~', '%7E') as batch_in_path
    from lake.publications as publications
    left join records
        on publications.source = records.source
        and publications.resource = records.resource
        and publications.ticker = records.ticker
        and publications.date = records.date
        and publications.number = records.number
    left join intermediate.int_market__judgements as judgements
        on concat_ws('.', publications.source, publications.resource) = judgements.dataset
        and publications.ticker = judgements.ticker
        and publications.date = judgements.price_date
    left join lake.asset_sources as asset_sources
        on publications.ticker = asset_sources.ticker
        and publications.source = asset_sources.source
        and publications.resource = asset_sources.resource
    left join audits
        on publications.source = audits.source
        and publications.resource = audits.resource
        and publications.ticker = audits.ticker
        and publications.date = audits.date
        and audits.attempt_id = url_decode(regexp_extract(records.audit, '~([^/~]+)\.json$', 1))
    left join batches
        on publications.source = batches.source and publications.batch_id = batches.batch_id

),

final_lineage as (

    select
        concat(joined.source, '.', joined.resource) as dataset,
        joined.ticker,
        joined.date as price_date,

        joined.source,
        joined.resource,
        joined.source_place,
        joined.number as publication_number,
        joined.run,
        joined.workflow_id,
        joined.workflow_run_id,
        joined.batch_id,
        joined.ingestion_date,
        joined.sha256,
        joined.size_bytes,
        joined.row_count,
        joined.contract_version,
        joined.cause,
        joined.audit_path,
        joined.audit_status,
        joined.audit_reason,
        joined.accepted_until,
        joined.audit_rule_count,
        joined.request_count,
        concat('staging/source=', joined.source_in_path, '/ingestion_date=', joined.ingestion_date, '/batch_id=', joined.batch_in_path) as staging_path,
        -- Readers take a ticker called NULL, or one that begins with a dot, for something else: its first
        -- character is encoded too.
        concat(
            'bronze/source=', joined.source_in_path,
            '/resource=', joined.resource_in_path,
            '/ticker=',
            case
                when upper(joined.ticker) in ('NULL', '__HIVE_DEFAULT_PARTITION__') or joined.ticker like '.%'
                    then concat('%', hex(left(joined.ticker, 1)), substr(joined.ticker_in_path, 2))
                else joined.ticker_in_path
            end,
            '/date=', cast(joined.date as varchar), '/data.parquet'
        ) as bronze_path,
        joined.supersedes_number,
        coalesce(joined.times_restated, 0) as times_restated,

        joined.ingested_at as fetched_at,
        joined.recorded_at as published_at
    from joined

)

select * from final_lineage
