-- One published cell of massive.daily_bars, typed and renamed, with the way back to its raw bytes.
-- grain: ticker x price date of dataset massive.daily_bars
-- key: ticker, price_date
-- sources: bronze.massive__daily_bars, lake.publications
with files as (

    select * from bronze.massive__daily_bars

),

publications as (

    select * from lake.publications
    where publications.source = 'massive' and publications.resource = 'daily_bars'

),

typed as (

    select
        files.ticker,
        files.date as price_date,

        'massive.daily_bars' as dataset,
        files.source,

        cast(files.open as double) as open,
        cast(files.high as double) as high,
        cast(files.low as double) as low,
        cast(files.close as double) as close,
        cast(files.volume as double) as volume,
        cast(files.vwap as double) as vwap,
        cast(files.trade_count as bigint) as trade_count,

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
