-- Every check of every audit, those that failed and those that passed.
-- grain: check of one audit attempt of one cell
-- key: source, resource, ticker, price_date, attempt_id, check_number
-- sources: lake.audits
-- engine: duckdb because checks are stored as JSON
-- column attempt_id: The attempt whose candidate was judged.
-- column check_number: The place of the check in its audit, from 1.
-- column rule: The rule of the contract that was checked.
-- column severity: error where a broken rule refuses the cell, warning where it is only told.
-- column dimension: The side of quality that the rule is about.
-- column outcome: Whether the check passed or failed.
-- column measured: What was measured.
-- column expected: What it should have been.
-- column offenders: The first offending rows, as JSON.
-- column audit_outcome: The verdict of the whole audit.
-- column accepted_by: The number of the cell's record by which a person let the candidate through; null where nobody did.
-- column acceptance_reason: Why that person did.
-- column candidate_sha256: The hash of the candidate that was judged, in hex.
-- column audit_path: The file of the verdict.
-- column audited_at: When the audit was made, in UTC.
with audits as (

    select * from lake.audits

),

parsed as (

    select
        audits.*,
        from_json(
            audits.checks,
            '[{"rule": "VARCHAR", "severity": "VARCHAR", "dimension": "VARCHAR", "outcome": "VARCHAR", "measured": "VARCHAR", "expected": "VARCHAR", "offenders": "JSON"}]'
        ) as parsed_checks
    from audits

),

numbered as (

    select
        parsed.*,
        unnest(parsed.parsed_checks) as one_check,
        generate_subscripts(parsed.parsed_checks, 1) as check_number
    from parsed

),

final_results as (

    select
        numbered.source,
        numbered.resource,
        numbered.ticker,
        numbered.date as price_date,
        numbered.attempt_id,
        cast(numbered.check_number as integer) as check_number,

        numbered.one_check.rule as rule,
        numbered.one_check.severity as severity,
        numbered.one_check.dimension as dimension,
        numbered.one_check.outcome as outcome,
        numbered.one_check.measured as measured,
        numbered.one_check.expected as expected,
        cast(numbered.one_check.offenders as varchar) as offenders,
        numbered.outcome as audit_outcome,
        numbered.accepted_by,
        numbered.acceptance_reason,
        numbered.contract_version,
        numbered.candidate_sha256,
        numbered.batch_id,
        numbered.run,
        numbered.path as audit_path,

        numbered.audited_at
    from numbered

)

select * from final_results
