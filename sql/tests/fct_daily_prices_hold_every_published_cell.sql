-- Every published cell of a configured asset is an observed price.
-- severity: error
select
    publications.source,
    publications.resource,
    publications.ticker,
    publications.date
from lake.publications as publications
inner join lake.assets as assets
    on publications.ticker = assets.ticker
    and publications.source = assets.source
    and publications.resource = assets.resource
left join marts.fct_daily_prices as prices
    on publications.ticker = prices.ticker
    and publications.date = prices.price_date
    and prices.price_status = 'OBSERVED'
where prices.ticker is null
