-- The newest restatement of a cell whose price is in use ends at that price.
-- severity: error
with newest as (

    select
        restatements.dataset,
        restatements.ticker,
        restatements.price_date,
        max(restatements.publication_number) as publication_number
    from metadata.restatements as restatements
    group by restatements.dataset, restatements.ticker, restatements.price_date

)

select
    prices.ticker,
    prices.price_date,
    prices.close,
    restatements.new_close
from newest
inner join metadata.restatements as restatements
    on newest.dataset = restatements.dataset
    and newest.ticker = restatements.ticker
    and newest.price_date = restatements.price_date
    and newest.publication_number = restatements.publication_number
inner join marts.fct_daily_prices as prices
    on newest.dataset = prices.dataset
    and newest.ticker = prices.ticker
    and newest.price_date = prices.price_date
where prices.price_status = 'OBSERVED' and prices.close <> restatements.new_close
