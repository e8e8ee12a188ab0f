-- For what is traded in dollars or points, whose unit never changes: a window is full from its Nth close (for returns,
-- from the one after it) on, its mean moves by the close that came in less the one that went out, and the drawdown is
-- the close against the highest.
-- severity: error
with facts as (

    select
        prices.ticker,
        prices.price_date,
        prices.close_split_adjusted as close,
        row_number() over (partition by prices.ticker order by prices.price_date) as observation_number,
        lag(prices.close_split_adjusted, 7) over (partition by prices.ticker order by prices.price_date) as close_7_before,
        lag(prices.close_split_adjusted, 14) over (partition by prices.ticker order by prices.price_date) as close_14_before,
        lag(prices.close_split_adjusted, 30) over (partition by prices.ticker order by prices.price_date) as close_30_before,
        lag(prices.close_split_adjusted, 90) over (partition by prices.ticker order by prices.price_date) as close_90_before
    from marts.fct_daily_prices as prices
    where prices.price_status = 'OBSERVED' and (prices.currency = 'USD' or prices.currency is null)

),

metrics as (

    select
        metrics.*,
        lag(metrics.close_mean_7d) over (partition by metrics.ticker order by metrics.price_date) as mean_7d_before,
        lag(metrics.close_mean_14d) over (partition by metrics.ticker order by metrics.price_date) as mean_14d_before,
        lag(metrics.close_mean_30d) over (partition by metrics.ticker order by metrics.price_date) as mean_30d_before,
        lag(metrics.close_mean_90d) over (partition by metrics.ticker order by metrics.price_date) as mean_90d_before
    from marts.fct_rolling_metrics as metrics

)

select
    facts.observation_number,
    facts.close,
    metrics.*
from facts
inner join metrics
    on facts.ticker = metrics.ticker and facts.price_date = metrics.price_date
where
    (facts.observation_number >= 7) <> (metrics.close_mean_7d is not null)
    or (facts.observation_number > 7) <> (metrics.return_mean_7d is not null)
    or (facts.observation_number > 7) <> (metrics.volatility_7d is not null)
    or abs(metrics.close_mean_7d - metrics.mean_7d_before - (facts.close - facts.close_7_before) / 7.0e0)
    > 1.0e-9 * (metrics.close_max_7d + facts.close_7_before)
    or abs(metrics.drawdown_7d - (facts.close / nullif(metrics.close_max_7d, 0.0e0) - 1.0e0)) > 1.0e-9
    or (facts.observation_number >= 14) <> (metrics.close_mean_14d is not null)
    or (facts.observation_number > 14) <> (metrics.return_mean_14d is not null)
    or (facts.observation_number > 14) <> (metrics.volatility_14d is not null)
    or abs(metrics.close_mean_14d - metrics.mean_14d_before - (facts.close - facts.close_14_before) / 14.0e0)
    > 1.0e-9 * (metrics.close_max_14d + facts.close_14_before)
    or abs(metrics.drawdown_14d - (facts.close / nullif(metrics.close_max_14d, 0.0e0) - 1.0e0)) > 1.0e-9
    or (facts.observation_number >= 30) <> (metrics.close_mean_30d is not null)
    or (facts.observation_number > 30) <> (metrics.return_mean_30d is not null)
    or (facts.observation_number > 30) <> (metrics.volatility_30d is not null)
    or abs(metrics.close_mean_30d - metrics.mean_30d_before - (facts.close - facts.close_30_before) / 30.0e0)
    > 1.0e-9 * (metrics.close_max_30d + facts.close_30_before)
    or abs(metrics.drawdown_30d - (facts.close / nullif(metrics.close_max_30d, 0.0e0) - 1.0e0)) > 1.0e-9
    or (facts.observation_number >= 90) <> (metrics.close_mean_90d is not null)
    or (facts.observation_number > 90) <> (metrics.return_mean_90d is not null)
    or (facts.observation_number > 90) <> (metrics.volatility_90d is not null)
    or abs(metrics.close_mean_90d - metrics.mean_90d_before - (facts.close - facts.close_90_before) / 90.0e0)
    > 1.0e-9 * (metrics.close_max_90d + facts.close_90_before)
    or abs(metrics.drawdown_90d - (facts.close / nullif(metrics.close_max_90d, 0.0e0) - 1.0e0)) > 1.0e-9
