-- One published cell of csv.daily_closes, typed and renamed, with the way back to its raw bytes.
-- grain: ticker x price date of dataset csv.daily_closes
-- key: ticker, price_date
-- sources: bronze.csv__daily_closes, lake.publications
with files as (

    select * from bronze.csv__daily_closes

),

publications as (

    select * from lake.publications
    where publications.source = 'csv' and publications.resource = 'daily_closes'

),

typed as (

    select
        files.ticker,
        files.date as price_date,

        'csv.daily_closes' as dataset,
        files.source,

        cast(files.open as double) as open,
        cast(files.high as double) as high,
        cast(files.low as double) as low,
        cast(files.close as double) as close,
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
