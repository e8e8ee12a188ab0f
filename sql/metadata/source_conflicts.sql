-- Two datasets published a price of one configured asset on one day. The dataset that the asset is configured with
-- wins: every later model reads its price and no other. The other price is kept in staging and compared here.
-- grain: asset x date x dataset that is not the configured one, where both published a close
-- key: ticker, price_date, other_dataset
-- sources: staging.stg_coingecko__market_chart, staging.stg_massive__daily_bars, staging.stg_csv__daily_closes, lake.assets
-- column chosen_dataset: The dataset that the asset is configured with; its price is the one that counts.
-- column other_dataset: Another dataset that published a price of the same asset for the same day.
-- column chosen_close: The close that counts.
-- column other_close: The close that the other dataset says.
-- column difference_pct: How far the other close lies above the one that counts, in percent of that one.
with closes as (

    select
        bars.ticker,
        bars.price_date,
        bars.dataset,
        bars.close
    from staging.stg_coingecko__market_chart as bars

    union all

    select
        bars.ticker,
        bars.price_date,
        bars.dataset,
        bars.close
    from staging.stg_massive__daily_bars as bars

    union all

    select
        bars.ticker,
        bars.price_date,
        bars.dataset,
        bars.close
    from staging.stg_csv__daily_closes as bars

),

chosen as (

    select
        closes.ticker,
        closes.price_date,
        closes.dataset,
        closes.close
    from closes
    inner join lake.assets as assets
        on closes.ticker = assets.ticker and closes.dataset = assets.dataset

),

final_conflicts as (

    select
        chosen.ticker,
        chosen.price_date,

        chosen.dataset as chosen_dataset,
        others.dataset as other_dataset,

        chosen.close as chosen_close,
        others.close as other_close,
        (others.close / nullif(chosen.close, 0.0e0) - 1.0e0) * 100.0e0 as difference_pct
    from chosen
    inner join closes as others
        on chosen.ticker = others.ticker
        and chosen.price_date = others.price_date
        and chosen.dataset <> others.dataset

)

select * from final_conflicts
