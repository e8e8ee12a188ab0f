-- Every time that a published price was replaced: what it was, what it became, and why. Restatements of one asset that were
-- learned in one run and changed their closes by one ratio are one event, as after a split.
-- grain: publication that replaced another one
-- key: dataset, ticker, price_date, publication_number
-- sources: lake.cell_records, intermediate.int_market__restated_prices
-- engine: duckdb because of median, which other engines spell in their own ways
-- column publication_number: The number of the record that published the new price.
-- column superseded_number: The number of the record whose price was replaced.
-- column cause: source (the source says something else now), contract (a contract was changed; what the source said is as it was) or acceptance (a person accepted it).
-- column look: Which planned look found it: so many days after its day was final, or history (all of its asset's); null where no look did.
-- column run: The run that published the new price, without the lake's id.
-- column old_close: The close before; null where its file lies in the lake no more, or cannot be read.
-- column new_close: The close that replaced it; null where its file lies in the lake no more.
-- column close_ratio: new_close over old_close; 1 where another column changed.
-- column change_pct: The change of the close in percent of the old one.
-- column event_id: The event, by run, dataset and ticker; a restatement that shares its ratio with no other is one of its own, with its date.
-- column event_cells: The number of restatements in the event.
-- column event_ratio: The ratio of the event: the median of those of its restatements.
-- column looks_like_split: The split that the event looks like, such as 2:1 (two new shares for one old) or 1:10; null where it looks like none.
-- column old_batch_id: The batch that the old price was read from.
-- column new_batch_id: The batch that the new price was read from.
-- column old_contract_version: The contract version that the old price was published under.
-- column new_contract_version: The contract version that the new price was published under.
-- column first_recorded_at: When the old price was published, in UTC.
-- column recorded_at: When the new price was published, in UTC.
with records as (

    select
        cell_records.*,
        concat(cell_records.source, '.', cell_records.resource) as dataset
    from lake.cell_records as cell_records
    where cell_records.event = 'published'

),

prices as (

    select * from intermediate.int_market__restated_prices

),

pairs as (

    select
        new_records.dataset,
        new_records.ticker,
        new_records.date as price_date,
        new_records.number as publication_number,
        new_records.supersedes_number as superseded_number,
        new_records.look,
        new_records.run,
        case
            when new_records.cause is not null then new_records.cause
            when
                new_records.contract_version <> old_records.contract_version
                and new_prices.open is not distinct from old_prices.open
                and new_prices.high is not distinct from old_prices.high
                and new_prices.low is not distinct from old_prices.low
                and new_prices.close = old_prices.close
                and new_prices.volume is not distinct from old_prices.volume
                then 'contract'
            else 'source'
        end as cause,
        old_prices.close as old_close,
        new_prices.close as new_close,
        new_prices.close / nullif(old_prices.close, 0.0e0) as close_ratio,
        old_records.batch_id as old_batch_id,
        new_records.batch_id as new_batch_id,
        old_records.contract_version as old_contract_version,
        new_records.contract_version as new_contract_version,
        old_records.recorded_at as first_recorded_at,
        new_records.recorded_at
    from records as new_records
    left join records as old_records
        on new_records.dataset = old_records.dataset
        and new_records.ticker = old_records.ticker
        and new_records.date = old_records.date
        and new_records.supersedes_number = old_records.number
    left join prices as new_prices
        on new_records.dataset = new_prices.dataset
        and new_records.ticker = new_prices.ticker
        and new_records.date = new_prices.price_date
        and new_records.number = new_prices.publication_number
    left join prices as old_prices
        on new_records.dataset = old_prices.dataset
        and new_records.ticker = old_prices.ticker
        and new_records.date = old_prices.price_date
        and new_records.supersedes_number = old_prices.publication_number
    where new_records.supersedes_number is not null

),

medians as (

    select
        pairs.run,
        pairs.dataset,
        pairs.ticker,
        median(pairs.close_ratio) as ratio
    from pairs
    where pairs.cause = 'source' and pairs.close_ratio > 0 and pairs.close_ratio <> 1
    group by pairs.run, pairs.dataset, pairs.ticker

),

judged as (

    -- Closes are rounded, so that the ratios of one event differ a little.
    select
        pairs.*,
        coalesce(
            pairs.cause = 'source' and pairs.close_ratio <> 1
            and abs(pairs.close_ratio / medians.ratio - 1) <= least(0.005, 0.05 * abs(medians.ratio - 1)),
            false
        ) as is_of_median
    from pairs
    left join medians
        on pairs.run = medians.run and pairs.dataset = medians.dataset and pairs.ticker = medians.ticker

),

counted as (

    select
        judged.*,
        judged.is_of_median
        and count(*) filter (where judged.is_of_median) over (partition by judged.run, judged.dataset, judged.ticker) > 1
            as is_shared
    from judged

),

named as (

    select
        counted.*,
        concat(
            counted.run, '/', counted.dataset, '/', counted.ticker,
            case
                when not counted.is_shared
                    then concat('/', cast(counted.price_date as varchar), '/', cast(counted.publication_number as varchar))
                else ''
            end
        ) as event_id
    from counted

),

events as (

    select
        named.event_id,
        count(*) as event_cells,
        median(named.close_ratio) as event_ratio
    from named
    group by named.event_id

),

enlarged as (

    -- A split and its reverse look alike from the larger side.
    select
        events.event_id,
        events.event_ratio,
        greatest(events.event_ratio, 1 / nullif(events.event_ratio, 0.0e0)) as larger
    from events
    where events.event_ratio > 0

),

likenesses as (

    select
        enlarged.event_id,
        enlarged.event_ratio < 1 as is_into_more,
        case
            when round(enlarged.larger) between 2 and 50 and abs(enlarged.larger / round(enlarged.larger) - 1) <= 0.005 then 1
            when round(2 * enlarged.larger) in (3, 5) and abs(2 * enlarged.larger / round(2 * enlarged.larger) - 1) <= 0.005 then 2
            when round(3 * enlarged.larger) in (4, 5) and abs(3 * enlarged.larger / round(3 * enlarged.larger) - 1) <= 0.005 then 3
            when round(4 * enlarged.larger) = 5 and abs(4 * enlarged.larger / 5 - 1) <= 0.005 then 4
        end as parts,
        enlarged.larger
    from enlarged

),

final_restatements as (

    select
        named.dataset,
        named.ticker,
        named.price_date,
        named.publication_number,

        named.superseded_number,
        named.cause,
        named.look,
        named.run,
        named.event_id,
        named.old_batch_id,
        named.new_batch_id,
        named.old_contract_version,
        named.new_contract_version,
        case
            when likenesses.is_into_more and likenesses.parts is not null
                then concat(cast(cast(round(likenesses.parts * likenesses.larger) as integer) as varchar), ':', cast(likenesses.parts as varchar))
            when likenesses.parts is not null
                then concat(cast(likenesses.parts as varchar), ':', cast(cast(round(likenesses.parts * likenesses.larger) as integer) as varchar))
        end as looks_like_split,

        named.old_close,
        named.new_close,
        named.close_ratio,
        100 * (named.close_ratio - 1) as change_pct,
        events.event_cells,
        events.event_ratio,

        named.first_recorded_at,
        named.recorded_at
    from named
    inner join events
        on named.event_id = events.event_id
    left join likenesses
        on named.event_id = likenesses.event_id

)

select * from final_restatements
