-- What the last 7, 14, 30 and 90 observations of an asset were like, as int_market__rolling_metrics has them, with
-- the way back to the batch of the day. Unit is that of the closes here, currency that of the price as traded.
-- Nothing is computed across imputed days: a window counts observations.
-- grain: asset x observed day
-- key: ticker, price_date
-- sources: intermediate.int_market__rolling_metrics, intermediate.int_market__observed_prices
with metrics as (

    select * from intermediate.int_market__rolling_metrics

),

observed as (

    select * from intermediate.int_market__observed_prices

),

final_metrics as (

    select
        metrics.ticker,
        metrics.price_date,

        metrics.unit,
        observed.currency,
        observed.batch_id,

        metrics.close_mean_7d,
        metrics.close_min_7d,
        metrics.close_max_7d,
        metrics.return_mean_7d,
        metrics.volatility_7d,
        metrics.drawdown_7d,
        metrics.close_mean_14d,
        metrics.close_min_14d,
        metrics.close_max_14d,
        metrics.return_mean_14d,
        metrics.volatility_14d,
        metrics.drawdown_14d,
        metrics.close_mean_30d,
        metrics.close_min_30d,
        metrics.close_max_30d,
        metrics.return_mean_30d,
        metrics.volatility_30d,
        metrics.drawdown_30d,
        metrics.close_mean_90d,
        metrics.close_min_90d,
        metrics.close_max_90d,
        metrics.return_mean_90d,
        metrics.volatility_90d,
        metrics.drawdown_90d
    from metrics
    inner join observed
        on metrics.ticker = observed.ticker and metrics.price_date = observed.price_date

)

select * from final_metrics
