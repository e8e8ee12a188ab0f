-- Every published cell of a configured asset, from whichever of its sources, is of a day with an observed price.
-- severity: error
select
    publications.source,
    publications.resource,
    publications.ticker,
    publications.date
from lake.publications as publications
inner join lake.asset_sources as asset_sources
    on publications.ticker = asset_sources.ticker
    and publications.source = asset_sources.source
    and publications.resource = asset_sources.resource
left join marts.fct_daily_prices as prices
    on publications.ticker = prices.ticker
    and publications.date = prices.price_date
    and prices.price_status = 'OBSERVED'
where prices.ticker is null
