-- From every price, carried ones too, the lineage leads to batch, hash, contract version and workflow.
-- severity: error
select
    prices.ticker,
    prices.price_date,
    prices.dataset,
    prices.batch_id,
    lineage.sha256,
    lineage.contract_version,
    lineage.workflow_id
from marts.fct_daily_prices as prices
left join metadata.lineage as lineage
    on prices.dataset = lineage.dataset
    and prices.ticker = lineage.ticker
    and prices.observed_date = lineage.price_date
    and prices.batch_id = lineage.batch_id
    and prices.schema_version = lineage.contract_version
where
    lineage.batch_id is null
    or lineage.sha256 is null
    or lineage.contract_version is null
    or lineage.workflow_id is null
