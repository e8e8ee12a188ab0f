-- A window is one of the three, and its measures are possible: no more returns than days, no volatility below
-- nothing, no drawdown above it or below everything. A price below zero, which only a person can let through, falls
-- by more than everything.
-- severity: error
select
    volatility.ticker,
    volatility.window_days,
    volatility.n,
    volatility.daily_volatility_pct,
    volatility.max_drawdown_pct
from marts.rpt_volatility_comparison as volatility
where
    volatility.window_days not in (30, 90, 365)
    or volatility.n < 1
    or volatility.n > volatility.window_days
    or volatility.daily_volatility_pct < 0.0e0
    or (volatility.n > 1) <> (volatility.daily_volatility_pct is not null)
    or volatility.observations_a_year is null
    or (
        (
            volatility.max_drawdown_pct is null
            or volatility.max_drawdown_pct > 0.0e0
            or volatility.max_drawdown_pct <= -100.0e0
        )
        and not exists (
            select 1 from marts.fct_daily_prices as prices
            where prices.ticker = volatility.ticker and prices.close <= 0.0e0
        )
    )
