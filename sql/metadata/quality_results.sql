-- Every check of every audit, those that failed and those that passed.
-- grain: check of one audit attempt of one cell
-- key: source, resource, ticker, price_date, attempt_id, check_number
-- sources: lake.audits
-- engine: duckdb because checks are stored as JSON
with audits as (

    select * from lake.audits

),

numbered as (

    select
        audits.*,
        unnest(range(1, coalesce(json_array_length(audits.checks), 0)::bigint + 1)) as check_number
    from audits

),

parsed as (

    select
        numbered.*,
        json_extract(numbered.checks, '$[' || (numbered.check_number - 1) || ']') as one_check
    from numbered

),

final_results as (

    select
        parsed.source,
        parsed.resource,
        parsed.ticker,
        parsed.date as price_date,
        parsed.attempt_id,
        cast(parsed.check_number as integer) as check_number,

        parsed.one_check ->> '$.rule' as rule,
        parsed.one_check ->> '$.severity' as severity,
        parsed.one_check ->> '$.dimension' as dimension,
        parsed.one_check ->> '$.outcome' as outcome,
        parsed.one_check ->> '$.measured' as measured,
        parsed.one_check ->> '$.expected' as expected,
        cast(parsed.one_check -> '$.offenders' as varchar) as offenders,
        parsed.outcome as audit_outcome,
        parsed.contract_version,
        parsed.candidate_sha256,
        parsed.batch_id,
        parsed.run,
        parsed.path as audit_path,

        parsed.audited_at
    from parsed

)

select * from final_results
