-- No split that was told of a configured stock was withdrawn or contradicted: such a one is not applied.
-- severity: warning
select
    splits.ticker,
    splits.execution_date,
    splits.split_status
from intermediate.int_market__splits as splits
where splits.split_status <> 'KNOWN'
