-- Every step that the records know: of a run (start, plan, model, end, and how people steered it), of a window (stage, or
-- fail to fetch) and of a cell (audit, publish, and the other ways in which it can rest: close, wait, skip, refuse, accept, withdraw that, fail).
-- grain: one entry about a step of a run, a window or a cell
-- key: subject, entry
-- sources: lake.run_records, lake.window_records, lake.cell_records, lake.audits
-- column subject: What the entry is about: a run, a window or a cell, by its name.
-- column entry: The record or audit that says so, by its number or attempt.
-- column step: What was done, such as start, plan, stage, fetch, audit, publish, model or end; pause, resume, concurrency, add, drop or skip where a person steered a run.
-- column dataset: The dataset of the window or cell; null for a run.
-- column ticker: The ticker of a cell; null for a run or a window.
-- column price_date: The day of a cell; null for a run or a window.
-- column outcome: How the step went, in the record's own word.
-- column code: The error code of what went wrong; null where nothing did.
-- column reason: Why it went so, in words; null where there is nothing to say.
-- column recorded_at: When it was recorded, in UTC.
with steps_of_runs as (

    select
        concat_ws(' ', 'run', run_records.run) as subject,
        concat_ws(' ', 'record', cast(run_records.number as varchar(20))) as entry,
        case run_records.event
            when 'started' then 'start'
            when 'planned' then 'plan'
            when 'rebuilt' then 'model'
            when 'ended' then 'end'
            when 'paused' then 'pause'
            when 'resumed' then 'resume'
            when 'added' then 'add'
            when 'dropped' then 'drop'
            when 'skipped' then 'skip'
            else run_records.event
        end as step,
        run_records.run,
        cast(null as varchar(1)) as dataset,
        cast(null as varchar(1)) as ticker,
        cast(null as date) as price_date,
        coalesce(run_records.outcome, run_records.event) as outcome,
        run_records.code,
        run_records.reason,
        cast(null as varchar(1)) as batch_id,
        cast(null as varchar(1)) as contract_version,
        cast(null as varchar(1)) as workflow_id,
        run_records.workflow_run_id,
        run_records.recorded_at
    from lake.run_records as run_records

),

steps_of_windows as (

    select
        concat_ws(' ', 'window', window_records.window_id) as subject,
        concat_ws(' ', 'record', cast(window_records.number as varchar(20))) as entry,
        case window_records.event
            when 'staged' then 'stage'
            when 'failed' then 'fetch'
            else window_records.event
        end as step,
        window_records.run,
        concat_ws('.', window_records.source, window_records.resource) as dataset,
        cast(null as varchar(1)) as ticker,
        cast(null as date) as price_date,
        window_records.event as outcome,
        window_records.code,
        window_records.reason,
        window_records.batch_id,
        cast(null as varchar(1)) as contract_version,
        window_records.workflow_id,
        window_records.workflow_run_id,
        window_records.recorded_at
    from lake.window_records as window_records

),

steps_of_cells as (

    select
        concat_ws(' ', 'cell', cell_records.source, cell_records.resource, cell_records.ticker, cast(cell_records.date as varchar(10))) as subject,
        concat_ws(' ', 'record', cast(cell_records.number as varchar(20))) as entry,
        case cell_records.event
            when 'published' then 'publish'
            when 'unchanged' then 'publish'
            when 'closed' then 'close'
            when 'waiting' then 'wait'
            when 'refused' then 'refuse'
            when 'failed' then 'fail'
            when 'skipped' then 'skip'
            when 'accepted' then 'accept'
            when 'withdrawn' then 'withdraw'
            else cell_records.event
        end as step,
        cell_records.run,
        concat_ws('.', cell_records.source, cell_records.resource) as dataset,
        cell_records.ticker,
        cell_records.date as price_date,
        cell_records.event as outcome,
        cell_records.code,
        cell_records.reason,
        cell_records.batch_id,
        cell_records.contract_version,
        cell_records.workflow_id,
        cell_records.workflow_run_id,
        cell_records.recorded_at
    from lake.cell_records as cell_records

),

audits_of_cells as (

    select
        concat_ws(' ', 'cell', audits.source, audits.resource, audits.ticker, cast(audits.date as varchar(10))) as subject,
        concat_ws(' ', 'audit', audits.attempt_id) as entry,
        'audit' as step,
        audits.run,
        concat_ws('.', audits.source, audits.resource) as dataset,
        audits.ticker,
        audits.date as price_date,
        audits.outcome,
        cast(null as varchar(1)) as code,
        cast(null as varchar(1)) as reason,
        audits.batch_id,
        audits.contract_version,
        cast(null as varchar(1)) as workflow_id,
        cast(null as varchar(1)) as workflow_run_id,
        audits.audited_at as recorded_at
    from lake.audits as audits

),

final_steps as (

    select * from steps_of_runs
    union all
    select * from steps_of_windows
    union all
    select * from steps_of_cells
    union all
    select * from audits_of_cells

)

select * from final_steps
