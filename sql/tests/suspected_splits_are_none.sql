-- No close of a stock jumps as at a split that no source told of, and no told split is without its jump.
-- severity: warning
select
    suspected.ticker,
    suspected.price_date,
    suspected.looks_like,
    suspected.unexplained_ratio
from metadata.suspected_splits as suspected
