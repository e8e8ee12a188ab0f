-- What the sources agree on of each coin and day: the median of each of their numbers, which with two sources is the
-- mean of both and with one its own. Which source said what: int_coins__unified. Sources are compared within one
-- currency only, and currencies are not converted, so that a coin has a row for each. A number that a source leaves out
-- is not counted. Sums over a whole market take the rows with is_counted, in which no coin comes twice.
-- grain: coin x snapshot day x currency of the snapshot
-- key: coin, snapshot_date, currency
-- sources: intermediate.int_coins__unified, seeds.coin_categories
-- column market_cap_category: large, mid or small, by the limits of seeds.coin_categories, which are in USD; null in another currency or without a market capitalisation.
-- column market_rank: The place by market_cap among the rows of the day and currency with is_counted, from 1; null for the others.
-- column price: The median of the sources' prices, in currency; null where none has one.
-- column market_cap: The median of the sources' market capitalisations, in currency.
-- column volume: The median of the sources' volumes of 24 hours, in currency.
-- column circulating_supply: The median of the sources' numbers of coins in circulation.
-- column change_24h_pct: The median of the sources' changes in 24 hours, in percent.
-- column lowest_price: The lowest price of any source.
-- column highest_price: The highest price of any source.
-- column price_spread_pct: How far the highest price of a source lies above the lowest, in percent of that; null where fewer than two have one.
-- column price_volatility_24h: From the lowest to the highest price of 24 hours, in percent of the price: the median of the sources that say both.
-- column volume_to_mcap_ratio: volume over market_cap.
-- column source_count: How many snapshots have the coin on that day.
-- column price_count: How many of them have a price of it.
-- column is_beyond_tolerance: True where two sources differ by more than the more tolerant of their contracts allows.
-- column is_counted: True where sums over the market take the row: it is matched, or it is an unmatched coin of the snapshot that has the most coins that day (the first by name among equals).
-- column first_updated_at: The instant of the oldest of the sources' rows, in UTC; null where none says it.
-- column last_updated_at: The instant of the newest of the sources' rows, in UTC; null where none says it.
with told as (

    select * from intermediate.int_coins__unified

),

sizes as (

    select
        told.snapshot_date,
        told.currency,
        told.dataset,
        count(*) as coin_count
    from told
    group by told.snapshot_date, told.currency, told.dataset

),

ordered_sizes as (

    select
        sizes.snapshot_date,
        sizes.currency,
        sizes.dataset,
        row_number() over (
            partition by sizes.snapshot_date, sizes.currency order by sizes.coin_count desc, sizes.dataset
        ) as place
    from sizes

),

measured as (

    select told.coin, told.snapshot_date, told.currency, 'price' as measure, told.price as amount
    from told
    union all
    select told.coin, told.snapshot_date, told.currency, 'market_cap' as measure, told.market_cap as amount
    from told
    union all
    select told.coin, told.snapshot_date, told.currency, 'volume' as measure, told.volume as amount
    from told
    union all
    select told.coin, told.snapshot_date, told.currency, 'supply' as measure, told.circulating_supply as amount
    from told
    union all
    select told.coin, told.snapshot_date, told.currency, 'change' as measure, told.change_24h_pct as amount
    from told
    union all
    select
        told.coin,
        told.snapshot_date,
        told.currency,
        'range' as measure,
        (told.high_24h - told.low_24h) / nullif(told.price, 0.0e0) * 100.0e0 as amount
    from told

),

numbered as (

    select
        measured.coin,
        measured.snapshot_date,
        measured.currency,
        measured.measure,
        measured.amount,
        row_number() over (
            partition by measured.coin, measured.snapshot_date, measured.currency, measured.measure
            order by measured.amount
        ) as place,
        count(*) over (
            partition by measured.coin, measured.snapshot_date, measured.currency, measured.measure
        ) as places
    from measured
    where measured.amount is not null

),

medians as (

    -- Of an odd number of places this keeps the middle one, of an even number the two in the middle.
    select
        numbered.coin,
        numbered.snapshot_date,
        numbered.currency,
        avg(case when numbered.measure = 'price' then numbered.amount end) as price,
        avg(case when numbered.measure = 'market_cap' then numbered.amount end) as market_cap,
        avg(case when numbered.measure = 'volume' then numbered.amount end) as volume,
        avg(case when numbered.measure = 'supply' then numbered.amount end) as circulating_supply,
        avg(case when numbered.measure = 'change' then numbered.amount end) as change_24h_pct,
        avg(case when numbered.measure = 'range' then numbered.amount end) as price_volatility_24h
    from numbered
    where 2 * numbered.place >= numbered.places and 2 * numbered.place <= numbered.places + 2
    group by numbered.coin, numbered.snapshot_date, numbered.currency

),

gathered as (

    select
        told.coin,
        told.snapshot_date,
        told.currency,
        max(told.segment) as segment,
        min(told.price) as lowest_price,
        max(told.price) as highest_price,
        count(*) as source_count,
        count(told.price) as price_count,
        max(case when told.is_matched then 1 else 0 end) = 1 as is_matched,
        max(case when told.is_beyond_tolerance then 1 else 0 end) = 1 as is_beyond_tolerance,
        max(case when told.is_matched or ordered_sizes.place = 1 then 1 else 0 end) = 1 as is_counted,
        min(told.last_updated_at) as first_updated_at,
        max(told.last_updated_at) as last_updated_at
    from told
    inner join ordered_sizes
        on told.snapshot_date = ordered_sizes.snapshot_date
        and told.currency = ordered_sizes.currency
        and told.dataset = ordered_sizes.dataset
    group by told.coin, told.snapshot_date, told.currency

),

ranked as (

    select
        gathered.*,
        medians.price,
        medians.market_cap,
        medians.volume,
        medians.circulating_supply,
        medians.change_24h_pct,
        medians.price_volatility_24h,
        rank() over (
            partition by
                gathered.snapshot_date, gathered.currency, gathered.is_counted and medians.market_cap is not null
            order by medians.market_cap desc
        ) as market_rank
    from gathered
    left join medians
        on gathered.coin = medians.coin
        and gathered.snapshot_date = medians.snapshot_date
        and gathered.currency = medians.currency

),

limits as (

    select
        categories.category,
        categories.unit,
        cast(categories.from_value as double) as from_value,
        cast(categories.below_value as double) as below_value
    from seeds.coin_categories as categories
    where categories.kind = 'market_cap'

),

final_snapshots as (

    select
        ranked.coin,
        ranked.snapshot_date,
        ranked.currency,

        ranked.segment,
        limits.category as market_cap_category,

        case when ranked.is_counted and ranked.market_cap is not null then ranked.market_rank end as market_rank,
        ranked.price,
        ranked.market_cap,
        ranked.volume,
        ranked.circulating_supply,
        ranked.change_24h_pct,
        ranked.lowest_price,
        ranked.highest_price,
        case
            when ranked.price_count > 1 then ranked.highest_price / nullif(ranked.lowest_price, 0.0e0) * 100.0e0 - 100.0e0
        end as price_spread_pct,
        ranked.price_volatility_24h,
        ranked.volume / nullif(ranked.market_cap, 0.0e0) as volume_to_mcap_ratio,
        ranked.source_count,
        ranked.price_count,

        ranked.is_matched,
        ranked.is_beyond_tolerance,
        ranked.is_counted,

        ranked.first_updated_at,
        ranked.last_updated_at
    from ranked
    left join limits
        on ranked.currency = limits.unit
        and ranked.market_cap >= coalesce(limits.from_value, ranked.market_cap)
        and (limits.below_value is null or ranked.market_cap < limits.below_value)

)

select * from final_snapshots
