-- Every price that no audit passed, carried ones too, leads to the reason why it is there, and its lineage says the same.
-- severity: error
select
    prices.ticker,
    prices.price_date,
    prices.audit_status,
    lineage.audit_reason
from marts.fct_daily_prices as prices
left join metadata.lineage as lineage
    on prices.dataset = lineage.dataset
    and prices.ticker = lineage.ticker
    and prices.observed_date = lineage.price_date
where
    lineage.audit_status is null
    or prices.audit_status <> lineage.audit_status
    or (prices.audit_status <> 'PASSED' and coalesce(lineage.audit_reason, '') = '')
