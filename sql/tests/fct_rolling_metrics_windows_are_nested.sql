-- A mean lies between the lowest and the highest of its window, a narrow window within a wide one; no deviation is
-- negative, and no drawdown is a gain.
-- severity: error
select * from marts.fct_rolling_metrics as metrics
where
    metrics.close_mean_7d < metrics.close_min_7d * (1.0e0 - 1.0e-9)
    or metrics.close_mean_7d > metrics.close_max_7d * (1.0e0 + 1.0e-9)
    or metrics.volatility_7d < 0.0e0
    or metrics.drawdown_7d > 0.0e0
    or metrics.close_mean_14d < metrics.close_min_14d * (1.0e0 - 1.0e-9)
    or metrics.close_mean_14d > metrics.close_max_14d * (1.0e0 + 1.0e-9)
    or metrics.volatility_14d < 0.0e0
    or metrics.drawdown_14d > 0.0e0
    or metrics.close_mean_30d < metrics.close_min_30d * (1.0e0 - 1.0e-9)
    or metrics.close_mean_30d > metrics.close_max_30d * (1.0e0 + 1.0e-9)
    or metrics.volatility_30d < 0.0e0
    or metrics.drawdown_30d > 0.0e0
    or metrics.close_mean_90d < metrics.close_min_90d * (1.0e0 - 1.0e-9)
    or metrics.close_mean_90d > metrics.close_max_90d * (1.0e0 + 1.0e-9)
    or metrics.volatility_90d < 0.0e0
    or metrics.drawdown_90d > 0.0e0
    or metrics.close_min_7d < metrics.close_min_14d
    or metrics.close_max_7d > metrics.close_max_14d
    or metrics.close_min_14d < metrics.close_min_30d
    or metrics.close_max_14d > metrics.close_max_30d
    or metrics.close_min_30d < metrics.close_min_90d
    or metrics.close_max_30d > metrics.close_max_90d
