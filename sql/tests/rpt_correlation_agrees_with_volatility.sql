-- Two assets have no more days in common than the one that has fewer returns, and none outside its window.
-- severity: error
select
    correlations.ticker,
    correlations.other_ticker,
    correlations.window_days,
    correlations.n
from marts.rpt_correlation as correlations
left join marts.rpt_volatility_comparison as ones
    on correlations.ticker = ones.ticker and correlations.window_days = ones.window_days
left join marts.rpt_volatility_comparison as others
    on correlations.other_ticker = others.ticker and correlations.window_days = others.window_days
where
    ones.n is null
    or others.n is null
    or correlations.n > ones.n
    or correlations.n > others.n
    or correlations.first_date < ones.first_date
    or correlations.first_date < others.first_date
    or correlations.last_date > ones.last_date
    or correlations.last_date > others.last_date
