-- One published cell of coingecko.market_chart, typed and renamed, with the way back to its raw bytes.
-- grain: ticker x price date of dataset coingecko.market_chart
-- key: ticker, price_date
-- sources: bronze.coingecko__market_chart, lake.publications
with files as (

    select * from bronze.coingecko__market_chart

),

publications as (

    select * from lake.publications
    where publications.source = 'coingecko' and publications.resource = 'market_chart'

),

typed as (

    select
        files.ticker,
        files.date as price_date,

        'coingecko.market_chart' as dataset,
        files.source,

        cast(files.close as double) as close,
        cast(files.market_cap as double) as market_cap,
        cast(files.volume as double) as volume,

        files.__batch_id as batch_id,
        files.__source_name as source_name,
        files.__schema_version as schema_version,
        publications.number as publication_number,
        publications.sha256,
        publications.run,
        publications.workflow_id,

        files.__ingested_at as observed_at,
        publications.recorded_at as published_at
    from files
    inner join publications
        on files.ticker = publications.ticker and files.date = publications.date

)

select * from typed
