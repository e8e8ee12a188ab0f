"""
The steps under Dagster: `one-run` is a partitioned asset whose backfill is a single run (a loop that reports each
partition as it is done), `steps` a job of three ops a cell in one process, `run-a-cell` the default: a run a partition.
"""

import os
import time

import dagster

import steps
from telling import Timed, argument, tell

JOB = os.environ["BENCH_JOB"]
job = steps.load_job(JOB)


def key_of(ticker, day):
    return f"{ticker}|{day}"


partitions = dagster.StaticPartitionsDefinition([key_of(ticker, day) for ticker, day in job.cells])


def batch_of(ticker):
    """The window's batch: staged once, by whoever needs it first."""
    symbol = dict(job.windows)[ticker]
    return steps.once(("window", ticker), lambda: fetch_and_stage(ticker, symbol))


def fetch_and_stage(ticker, symbol):
    return steps.stage(job, steps.fetch(job, ticker, symbol, steps.batch_id(ticker)))


def do_cell(key):
    ticker, day = key.split("|")
    batch = steps.staged_batch(job, ticker) or batch_of(ticker)
    candidate = steps.audit(job, ticker, day, steps.write(job, ticker, day, batch))
    steps.publish(job, ticker, day, candidate)


# One run for all partitions


@dagster.asset(partitions_def=partitions, backfill_policy=dagster.BackfillPolicy.single_run())
def prices(context: dagster.AssetExecutionContext) -> None:
    for key in context.partition_keys:
        do_cell(key)
        if len(context.partition_keys) > 1:
            # Otherwise Dagster would learn of all partitions at the run's end, and of none where it dies.
            context.log_event(dagster.AssetMaterialization(context.asset_key, partition=key))


@dagster.op
def build_model() -> int:
    return steps.model(job)


@dagster.job(executor_def=dagster.in_process_executor)
def model_job():
    build_model()


# Three ops a cell


@dagster.op(out=dagster.DynamicOut(dict))
def windows():
    for ticker, symbol in job.windows:
        batch = fetch_and_stage(ticker, symbol)
        for day in job.dates:
            name = f"{ticker}_{day.replace('-', '_')}"
            yield dagster.DynamicOutput({"ticker": ticker, "day": day, "batch": batch}, mapping_key=name)


@dagster.op
def write(cell: dict) -> dict:
    return cell | {"candidate": steps.write(job, cell["ticker"], cell["day"], cell["batch"])}


@dagster.op
def audit(cell: dict) -> dict:
    steps.audit(job, cell["ticker"], cell["day"], cell["candidate"])
    return cell


@dagster.op
def publish(cell: dict) -> int:
    return steps.publish(job, cell["ticker"], cell["day"], cell["candidate"])


@dagster.op
def model(published: list) -> int:
    return steps.model(job)


@dagster.job(executor_def=dagster.in_process_executor)
def steps_job():
    model(windows().map(write).map(audit).map(publish).collect())


# One step a run: a further process for it would only cost time.
cells_job = dagster.define_asset_job("cells_job", [prices], executor_def=dagster.in_process_executor)


@dagster.op
def stage_windows():
    for ticker, symbol in job.windows:
        fetch_and_stage(ticker, symbol)


@dagster.job(executor_def=dagster.in_process_executor)
def windows_job():
    stage_windows()


defs = dagster.Definitions(assets=[prices], jobs=[cells_job, model_job, steps_job, windows_job])


# What the bench runs


def run_all(instance, keys):
    """What the daemon does with a single-run backfill: one run over a range of partitions, for each gap one."""
    for first, last in ranges_of(keys):
        tags = {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last}
        result = defs.resolve_job_def("cells_job").execute_in_process(instance=instance, tags=tags)
        tell("run", id=result.run_id)
    model_job.execute_in_process(instance=instance)


def ranges_of(keys):
    wanted, ranges, run = set(keys), [], []
    for key in partitions.get_partition_keys():
        if key in wanted:
            run.append(key)
        elif run:
            ranges.append((run[0], run[-1]))
            run = []
    return ranges + ([(run[0], run[-1])] if run else [])


def main():
    instance, way = dagster.DagsterInstance.get(), argument("way")
    if way == "one-run":
        with Timed():
            done = instance.get_materialized_partitions(prices.key)
            run_all(instance, [key for key in partitions.get_partition_keys() if key not in done])
    if way == "steps":
        again = argument("again")
        with Timed():
            if again:
                instance.report_run_canceled(instance.get_run_by_id(again))
            pointer = dagster.reconstructable(steps_job)
            options = dagster.ReexecutionOptions.from_failure(again, instance) if again else None
            result = dagster.execute_job(pointer, instance=instance, reexecution_options=options, raise_on_error=True)
            tell("run", id=result.run_id)
    if way == "windows":
        windows_job.execute_in_process(instance=instance)
    if way == "statuses":
        counts = {}
        for run in instance.get_runs():
            counts[run.status.value] = counts.get(run.status.value, 0) + 1
        tell("statuses", counts=counts, ids=[[run.run_id, run.job_name, run.status.value] for run in instance.get_runs()])


if __name__ == "__main__":
    main()
