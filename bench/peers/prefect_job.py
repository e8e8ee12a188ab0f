"""
The steps under Prefect: `five` tasks a cell (fetch, stage, write, audit, publish), `three` (the window's two apart, as
Marketlake has it), or `one` that does them all. `--results` keeps what tasks answered, so that a retried run skips them.
"""

import os

from prefect import flow, task
from prefect.cache_policies import DEFAULT, NO_CACHE
from prefect.task_runners import ThreadPoolTaskRunner

import steps
from telling import Timed, tell

JOB = os.environ["BENCH_JOB"]
WAY = os.environ["BENCH_WAY"]
KEEPS = os.environ.get("BENCH_RESULTS") == "1"
AT_ONCE = int(os.environ.get("BENCH_AT_ONCE", "8"))

# Prefect's own default caches nothing that is not persisted; without results even the key need not be computed.
as_task = task(persist_result=KEEPS, cache_policy=DEFAULT if KEEPS else NO_CACHE)


@as_task
def fetch(ticker: str, symbol: str) -> dict:
    job = steps.load_job(JOB)
    return steps.once(("fetch", ticker), lambda: steps.fetch(job, ticker, symbol, steps.batch_id(ticker)))


@as_task
def stage(ticker: str, fetched: dict) -> dict:
    return steps.once(("stage", ticker), lambda: steps.stage(steps.load_job(JOB), fetched))


@as_task
def fetch_for(ticker: str, symbol: str, day: str) -> dict:
    job = steps.load_job(JOB)
    return steps.once(("fetch", ticker), lambda: steps.fetch(job, ticker, symbol, steps.batch_id(ticker)))


@as_task
def stage_for(ticker: str, day: str, fetched: dict) -> dict:
    return steps.once(("stage", ticker), lambda: steps.stage(steps.load_job(JOB), fetched))


@as_task
def write(ticker: str, day: str, batch: dict) -> dict:
    return steps.write(steps.load_job(JOB), ticker, day, batch)


@as_task
def audit(ticker: str, day: str, candidate: dict) -> dict:
    return steps.audit(steps.load_job(JOB), ticker, day, candidate)


@as_task
def publish(ticker: str, day: str, candidate: dict) -> int:
    return steps.publish(steps.load_job(JOB), ticker, day, candidate)


@as_task
def cell(ticker: str, day: str, batch: dict) -> int:
    job = steps.load_job(JOB)
    candidate = steps.audit(job, ticker, day, steps.write(job, ticker, day, batch))
    return steps.publish(job, ticker, day, candidate)


@as_task
def model() -> int:
    return steps.model(steps.load_job(JOB))


def cells_of_window(ticker, symbol, dates):
    """Hands in every cell's tasks; those of a cell wait for each other, those of two cells do not."""
    if WAY != "five":
        batch = stage(ticker, fetch(ticker, symbol))
        if WAY == "one":
            return [cell.submit(ticker, day, batch) for day in dates]
    last = []
    for day in dates:
        if WAY == "five":
            batch = stage_for.submit(ticker, day, fetch_for.submit(ticker, symbol, day))
        candidate = audit.submit(ticker, day, write.submit(ticker, day, batch))
        last.append(publish.submit(ticker, day, candidate))
    return last


@flow(task_runner=ThreadPoolTaskRunner(max_workers=AT_ONCE), persist_result=KEEPS)
def backfill() -> None:
    from prefect.runtime import flow_run

    tell("run", id=str(flow_run.id))
    job = steps.load_job(JOB)
    futures = []
    for ticker, symbol in job.windows:
        futures += cells_of_window(ticker, symbol, job.dates)
    for future in futures:
        future.result()
    model()


if __name__ == "__main__":
    with Timed():
        backfill()
