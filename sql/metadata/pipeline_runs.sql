-- Every execution of every run. One that has no end yet shows as running, the one that builds this warehouse
-- among them; one that has no end but was started again shows as interrupted.
-- grain: execution of a run
-- key: run, execution_number
-- sources: lake.run_records
-- column run: The run, without the lake's id.
-- column execution_number: The number of the execution among those of the run, from 1.
-- column workflow_run_id: The execution of the run's workflow.
-- column status: running, interrupted (it has no end and was started again), completed, incomplete, failed or cancelled.
-- column steering_act_count: How many times people steered the execution: paused it, resumed it, or changed what it does.
-- column rebuild_diff: What the execution's rebuild changed in the warehouse, in words; null where none is known.
-- column started_at: When the execution began, in UTC.
-- column ended_at: When it ended, in UTC; null where no record says so.
with records as (

    select
        run_records.run,
        run_records.number,
        run_records.event,
        run_records.workflow_run_id,
        run_records.outcome,
        run_records.difference,
        run_records.recorded_at,
        count(case when run_records.event = 'started' then 1 end) over (
            partition by run_records.run
            order by run_records.number
            rows between unbounded preceding and current row
        ) as execution_number
    from lake.run_records as run_records

),

executions as (

    select
        records.run,
        records.execution_number,
        min(case when records.event = 'started' then records.workflow_run_id end) as workflow_run_id,
        max(case when records.event = 'ended' then records.outcome end) as outcome,
        count(
            case
                when records.event in ('paused', 'resumed', 'concurrency', 'added', 'dropped', 'skipped') then 1
            end
        ) as steering_act_count,
        max(case when records.event = 'rebuilt' then records.difference end) as rebuild_diff,
        min(records.recorded_at) as started_at,
        max(case when records.event = 'ended' then records.recorded_at end) as ended_at
    from records
    group by records.run, records.execution_number

),

last_executions as (

    select
        executions.run,
        max(executions.execution_number) as execution_number
    from executions
    group by executions.run

),

final_runs as (

    select
        executions.run,
        executions.execution_number,

        executions.workflow_run_id,
        case
            when executions.ended_at is not null then coalesce(executions.outcome, 'unknown')
            when executions.execution_number < last_executions.execution_number then 'interrupted'
            else 'running'
        end as status,
        executions.rebuild_diff,
        executions.steering_act_count,

        executions.started_at,
        executions.ended_at
    from executions
    inner join last_executions
        on executions.run = last_executions.run

)

select * from final_runs
