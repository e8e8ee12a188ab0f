-- Every version of a published price that was ever replaced, the one in use too: what the source said, and when. A version
-- whose file lies in the lake no more is not here.
-- grain: publication of a cell of which a publication was replaced
-- key: dataset, ticker, price_date, publication_number
-- sources: lake.superseded, lake.cell_records, staging.stg_daily_prices
-- column publication_number: The number of the record that published it, in the folder of the cell's records.
-- column is_current: True for the version in use.
with restated as (

    select distinct
        cell_records.source || '.' || cell_records.resource as dataset,
        cell_records.ticker,
        cell_records.date as price_date
    from lake.cell_records as cell_records
    where cell_records.event = 'published' and cell_records.supersedes_number is not null

),

versions as (

    select
        prices.dataset,
        prices.ticker,
        prices.price_date,
        prices.publication_number,
        prices.open,
        prices.high,
        prices.low,
        prices.close,
        prices.volume,
        true as is_current
    from staging.stg_daily_prices as prices
    inner join restated
        on prices.dataset = restated.dataset
        and prices.ticker = restated.ticker
        and prices.price_date = restated.price_date
    union all
    select
        superseded.source || '.' || superseded.resource as dataset,
        superseded.ticker,
        superseded.date as price_date,
        superseded.number as publication_number,
        superseded.open,
        superseded.high,
        superseded.low,
        superseded.close,
        superseded.volume,
        false as is_current
    from lake.superseded as superseded

),

final_versions as (

    select
        versions.dataset,
        versions.ticker,
        versions.price_date,
        versions.publication_number,

        records.batch_id,
        records.contract_version,

        versions.open,
        versions.high,
        versions.low,
        versions.close,
        versions.volume,

        versions.is_current,

        records.recorded_at as published_at
    from versions
    inner join lake.cell_records as records
        on versions.dataset = records.source || '.' || records.resource
        and versions.ticker = records.ticker
        and versions.price_date = records.date
        and versions.publication_number = records.number

)

select * from final_versions
