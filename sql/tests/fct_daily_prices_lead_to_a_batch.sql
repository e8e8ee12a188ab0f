-- Every price leads to a batch that a record of its cell names.
-- severity: error
select
    prices.ticker,
    prices.price_date,
    prices.batch_id
from marts.fct_daily_prices as prices
left join lake.publications as publications
    on prices.dataset = concat_ws('.', publications.source, publications.resource)
    and prices.ticker = publications.ticker
    and prices.observed_date = publications.date
    and prices.batch_id = publications.batch_id
where publications.batch_id is null
