"""The floor: the steps in a loop, without an orchestrator. `--skip-published` is what most people add after a crash."""

import steps
from telling import Timed, argument, is_given

job = steps.load_job(argument("job"))
skips = is_given("skip-published")


def cells_of(ticker):
    return [day for day in job.dates if not (skips and steps.is_published(job, ticker, day))]


with Timed():
    for ticker, symbol in job.windows:
        days = cells_of(ticker)
        if not days:
            continue
        batch = steps.staged_batch(job, ticker) if skips else None
        if batch is None:
            batch = steps.stage(job, steps.fetch(job, ticker, symbol, steps.batch_id(ticker)))
        for day in days:
            candidate = steps.write(job, ticker, day, batch)
            steps.publish(job, ticker, day, steps.audit(job, ticker, day, candidate))
    steps.model(job)
