-- A run is in one of the states that people are shown. Records are never changed, so that one that is not could
-- not be mended: it is reported and stops nothing.
-- severity: warning
select
    runs.run,
    runs.execution_number,
    runs.status
from metadata.pipeline_runs as runs
where runs.status not in ('running', 'interrupted', 'completed', 'incomplete', 'failed', 'cancelled')
