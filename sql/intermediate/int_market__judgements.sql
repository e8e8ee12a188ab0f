-- What was said last of the content of every published cell: that its audit passed it, that a person accepted what
-- a rule refused, or that it is refused by now (by a contract that was changed since, or because an acceptance is over
-- or was withdrawn) and stays published until something better comes. A refusal of other content says nothing of it.
-- grain: published cell of one dataset
-- key: dataset, ticker, price_date
-- sources: lake.publications, lake.cell_records
-- column audit_status: PASSED, ACCEPTED (refused by a rule, and let through by a person) or REFUSED (published before, refused now).
-- column audit_reason: Why a person accepted it, or why it is refused; null where its audit passed.
-- column accepted_until: The last day, in UTC, on which the acceptance holds; null where there is none, or where it holds for good.
with publications as (

    select
        publications.*,
        records.content_sha256
    from lake.publications as publications
    inner join lake.cell_records as records
        on publications.source = records.source
        and publications.resource = records.resource
        and publications.ticker = records.ticker
        and publications.date = records.date
        and publications.number = records.number

),

judgements as (

    select
        records.source,
        records.resource,
        records.ticker,
        records.date,
        records.event,
        records.reason,
        records.acceptance_number,
        records.acceptance_reason,
        records.accepted_until,
        row_number() over (
            partition by records.source, records.resource, records.ticker, records.date
            order by records.number desc
        ) as newest_first
    from publications
    inner join lake.cell_records as records
        on publications.source = records.source
        and publications.resource = records.resource
        and publications.ticker = records.ticker
        and publications.date = records.date
        and publications.number <= records.number
    where
        publications.number = records.number
        or records.event = 'unchanged'
        or (
            records.event in ('refused', 'withdrawn')
            and (publications.batch_id = records.batch_id or publications.content_sha256 = records.content_sha256)
        )

),

final_judgements as (

    select
        concat_ws('.', judgements.source, judgements.resource) as dataset,
        judgements.ticker,
        judgements.date as price_date,

        case
            when judgements.event in ('refused', 'withdrawn') then 'REFUSED'
            when judgements.acceptance_number is not null then 'ACCEPTED'
            else 'PASSED'
        end as audit_status,
        case
            when judgements.event in ('refused', 'withdrawn') then judgements.reason
            else judgements.acceptance_reason
        end as audit_reason,

        judgements.accepted_until
    from judgements
    where judgements.newest_first = 1

)

select * from final_judgements
