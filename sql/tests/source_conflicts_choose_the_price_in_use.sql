-- The dataset that a conflict calls chosen is the one whose close is the price of that day.
-- severity: error
select
    conflicts.ticker,
    conflicts.price_date,
    conflicts.chosen_dataset,
    conflicts.chosen_close,
    prices.dataset,
    prices.close
from metadata.source_conflicts as conflicts
left join marts.fct_daily_prices as prices
    on conflicts.ticker = prices.ticker and conflicts.price_date = prices.price_date
where
    prices.dataset is distinct from conflicts.chosen_dataset
    or prices.close is distinct from conflicts.chosen_close
    or conflicts.other_dataset = conflicts.chosen_dataset
