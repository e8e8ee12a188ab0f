-- A correlation lies within -1 and 1, over one of the three windows, of two assets in the order of the alphabet, and
-- of 20 days or more.
-- severity: error
select
    correlations.ticker,
    correlations.other_ticker,
    correlations.window_days,
    correlations.n,
    correlations.correlation
from marts.rpt_correlation as correlations
where
    correlations.correlation is null
    or not (correlations.correlation >= -1.0e0 and correlations.correlation <= 1.0e0)
    or correlations.window_days not in (30, 90, 365)
    or correlations.n < 20
    or correlations.n > correlations.window_days
    or not correlations.ticker < correlations.other_ticker
