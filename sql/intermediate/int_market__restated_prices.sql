-- Every version of a published price that was ever replaced, the one in use too: what the source said, and when. A version
-- whose file lies in the lake no more is not here.
-- grain: publication of a cell of which a publication was replaced
-- key: dataset, ticker, price_date, publication_number
-- sources: lake.superseded, lake.cell_records, staging.stg_coingecko__market_chart, staging.stg_massive__daily_bars, staging.stg_csv__daily_closes
-- column publication_number: The number of the record that published it, in the folder of the cell's records.
-- column is_current: True for the version in use.
with restated as (

    select distinct
        cell_records.source,
        cell_records.resource,
        cell_records.ticker,
        cell_records.date
    from lake.cell_records as cell_records
    where cell_records.event = 'published' and cell_records.supersedes_number is not null

),

current_versions as (

    select
        bars.dataset,
        bars.ticker,
        bars.price_date,
        bars.publication_number,
        cast(null as double) as open,
        cast(null as double) as high,
        cast(null as double) as low,
        bars.close,
        bars.volume
    from staging.stg_coingecko__market_chart as bars
    union all
    select
        bars.dataset,
        bars.ticker,
        bars.price_date,
        bars.publication_number,
        bars.open,
        bars.high,
        bars.low,
        bars.close,
        bars.volume
    from staging.stg_massive__daily_bars as bars
    union all
    select
        bars.dataset,
        bars.ticker,
        bars.price_date,
        bars.publication_number,
        bars.open,
        bars.high,
        bars.low,
        bars.close,
        bars.volume
    from staging.stg_csv__daily_closes as bars

),

replaced_versions as (

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

versions as (

    select
        current_versions.dataset,
        current_versions.ticker,
        current_versions.price_date,
        current_versions.publication_number,
        current_versions.open,
        current_versions.high,
        current_versions.low,
        current_versions.close,
        current_versions.volume,
        true as is_current
    from current_versions
    inner join restated
        on current_versions.dataset = restated.source || '.' || restated.resource
        and current_versions.ticker = restated.ticker
        and current_versions.price_date = restated.date
    union all
    select * from replaced_versions

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
