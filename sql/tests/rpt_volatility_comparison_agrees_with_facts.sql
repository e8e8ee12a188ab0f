-- The first and last date of a window are dates of returns, as many returns lie between them as it counts, and the
-- drawdown is no smaller than the way from the highest of their closes down to the last.
-- severity: error
with found as (

    select
        volatility.ticker,
        volatility.window_days,
        count(returns.simple_return) as n,
        max_by(returns.close, returns.price_date) / nullif(max(returns.close), 0.0e0) - 1.0e0 as drawdown_at_end,
        min(returns.price_date) as first_date,
        max(returns.price_date) as last_date
    from marts.rpt_volatility_comparison as volatility
    left join marts.fct_daily_returns as returns
        on volatility.ticker = returns.ticker
        and volatility.first_date <= returns.price_date
        and volatility.last_date >= returns.price_date
        and returns.simple_return is not null
    group by volatility.ticker, volatility.window_days

)

select
    volatility.ticker,
    volatility.window_days,
    volatility.n,
    found.n as returns_between,
    volatility.max_drawdown_pct,
    found.drawdown_at_end
from marts.rpt_volatility_comparison as volatility
left join found
    on volatility.ticker = found.ticker and volatility.window_days = found.window_days
where
    volatility.n is distinct from found.n
    or volatility.first_date is distinct from found.first_date
    or volatility.last_date is distinct from found.last_date
    or volatility.max_drawdown_pct > found.drawdown_at_end * 100.0e0 + 1.0e-9
