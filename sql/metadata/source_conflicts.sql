-- Two datasets published a price of one configured asset on one day. The first in the asset's configured order wins:
-- every later model reads its price and no other. The other price is kept in staging and compared here. Prices of
-- two fixings are of two instants, and differ though both are right.
-- grain: asset x date x dataset that is not the chosen one, where both published a close
-- key: ticker, price_date, other_dataset
-- sources: staging.stg_daily_prices, intermediate.int_market__observed_prices, lake.datasets, lake.fixings
-- column chosen_dataset: The dataset whose price is the one that counts: of those that have one, the first configured.
-- column other_dataset: Another dataset that published a price of the same asset for the same day.
-- column chosen_fixing: When the price that counts is fixed; null where nobody says.
-- column other_fixing: When the other price is fixed; null where nobody says.
-- column chosen_close: The close that counts.
-- column other_close: The close that the other dataset says.
-- column difference_pct: How far the other close lies above the one that counts, in percent of that one.
-- column tolerance_pct: By how many percent they may differ: what the more tolerant of the two contracts says.
-- column is_beyond_tolerance: True where they differ by more than tolerance_pct.
with closes as (

    select
        prices.ticker,
        prices.price_date,
        prices.dataset,
        prices.close,
        datasets.price_tolerance_pct,
        fixings.fixing
    from staging.stg_daily_prices as prices
    inner join lake.datasets as datasets
        on prices.dataset = datasets.dataset
    left join lake.fixings as fixings
        on prices.ticker = fixings.ticker and prices.dataset = fixings.dataset

),

chosen as (

    select closes.*
    from closes
    inner join intermediate.int_market__observed_prices as observed
        on closes.ticker = observed.ticker
        and closes.price_date = observed.price_date
        and closes.dataset = observed.dataset

),

compared as (

    select
        chosen.ticker,
        chosen.price_date,
        chosen.dataset as chosen_dataset,
        others.dataset as other_dataset,
        chosen.fixing as chosen_fixing,
        others.fixing as other_fixing,
        chosen.close as chosen_close,
        others.close as other_close,
        (others.close / nullif(chosen.close, 0.0e0) - 1.0e0) * 100.0e0 as difference_pct,
        case
            when chosen.price_tolerance_pct > others.price_tolerance_pct then chosen.price_tolerance_pct
            else others.price_tolerance_pct
        end as tolerance_pct
    from chosen
    inner join closes as others
        on chosen.ticker = others.ticker
        and chosen.price_date = others.price_date
        and chosen.dataset <> others.dataset

),

final_conflicts as (

    select
        compared.ticker,
        compared.price_date,

        compared.chosen_dataset,
        compared.other_dataset,
        compared.chosen_fixing,
        compared.other_fixing,

        compared.chosen_close,
        compared.other_close,
        compared.difference_pct,
        compared.tolerance_pct,

        coalesce(abs(compared.difference_pct) > compared.tolerance_pct, false) as is_beyond_tolerance
    from compared

)

select * from final_conflicts
