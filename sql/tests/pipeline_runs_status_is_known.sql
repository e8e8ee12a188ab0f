-- A run is in one of the states that people are shown.
-- severity: error
select
    runs.run,
    runs.execution_number,
    runs.status
from metadata.pipeline_runs as runs
where runs.status not in ('running', 'interrupted', 'completed', 'incomplete', 'failed', 'cancelled')
