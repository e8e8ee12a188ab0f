-- What a close as traded is multiplied by to be in shares of today, by the stretch of days that it lies in. Only splits
-- that are believed count, and none that takes effect after the last observed close: an announced one changes nothing.
-- Numerators and denominators are multiplied apart and rounded, so that a factor of whole numbers is exact.
-- grain: stock x stretch of days between two splits
-- key: ticker, valid_before
-- sources: intermediate.int_market__splits, intermediate.int_market__observed_prices
-- column valid_from: The first day of the stretch: that of the split before; null for the first stretch.
-- column valid_before: The day after the stretch: that of the split that ends it.
-- column split_factor: The product of split_from over split_to of all splits from valid_before on.
with last_observations as (

    select
        observed.ticker,
        max(observed.price_date) as last_date
    from intermediate.int_market__observed_prices as observed
    group by observed.ticker

),

applied as (

    select
        splits.ticker,
        splits.execution_date,
        splits.split_from,
        splits.split_to
    from intermediate.int_market__splits as splits
    inner join last_observations
        on splits.ticker = last_observations.ticker and splits.execution_date <= last_observations.last_date
    where splits.split_status = 'KNOWN'

),

final_factors as (

    select
        applied.ticker,
        lag(applied.execution_date) over (partition by applied.ticker order by applied.execution_date) as valid_from,
        applied.execution_date as valid_before,
        round(exp(sum(ln(applied.split_from)) over later_splits), 9)
        / nullif(round(exp(sum(ln(applied.split_to)) over later_splits), 9), 0.0e0) as split_factor,
        count(*) over later_splits as split_count
    from applied
    window later_splits as (
        partition by applied.ticker
        order by applied.execution_date desc
        rows between unbounded preceding and current row
    )

)

select * from final_factors
