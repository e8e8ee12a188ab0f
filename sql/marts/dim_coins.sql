-- The coins of the snapshots with their history: a version begins with the snapshot in which the name, the symbol, the
-- band of the rank or being in the snapshot at all is another than before. A version holds from valid_from up to the day
-- before valid_to; the one that holds now has no valid_to. Days on which no snapshot was taken end none. A coin that
-- left the first N is no dead coin: is_active says only whether its snapshot had it. A coin's history is that of one
-- snapshot dataset: the one that had it first, the first by name among equals, so that sources that write a name in
-- two ways make no versions. Made from the snapshots and the mapping alone: the same of the same.
-- grain: coin x version
-- key: coin, version
-- sources: intermediate.int_coins__unified, lake.snapshots, lake.snapshot_members, lake.coins, seeds.coin_categories
-- column version: Counts the versions of a coin, from 1.
-- column dataset: The snapshot dataset that the history of the coin is taken from.
-- column source_coin_id: The source's own id of the coin.
-- column symbol: The short name, in the source's words.
-- column name: The name, in the source's words.
-- column rank_band: The band of its place in the snapshot, by the limits of seeds.coin_categories; null where it is not active.
-- column is_active: True where the snapshot has the coin; while it has not, symbol and name are those it had last.
-- column is_current: True for the newest version.
-- column valid_from: The UTC day of the first snapshot that shows the version.
-- column valid_to: The UTC day of the first snapshot that shows the next version, which is not part of this one; null for the newest.
with told as (

    select * from intermediate.int_coins__unified

),

first_days as (

    select
        told.coin,
        told.dataset,
        min(told.snapshot_date) as first_snapshot_date
    from told
    group by told.coin, told.dataset

),

ordered_datasets as (

    select
        first_days.coin,
        first_days.dataset,
        row_number() over (
            partition by first_days.coin order by first_days.first_snapshot_date, first_days.dataset
        ) as place
    from first_days

),

observed as (

    select
        told.coin,
        told.dataset,
        told.snapshot_date,
        told.source_coin_id,
        told.source_symbol as symbol,
        told.source_name as name,
        told.rank
    from told
    inner join ordered_datasets
        on told.coin = ordered_datasets.coin and told.dataset = ordered_datasets.dataset
    where ordered_datasets.place = 1

),

days as (

    select told.dataset, told.snapshot_date
    from told
    union
    select concat_ws('.', snapshots.source, snapshots.resource) as dataset, snapshots.date as snapshot_date
    from lake.snapshots as snapshots

),

numbered_days as (

    select
        days.dataset,
        days.snapshot_date,
        row_number() over (partition by days.dataset order by days.snapshot_date) as day_place,
        lead(days.snapshot_date) over (partition by days.dataset order by days.snapshot_date) as next_snapshot_date
    from days

),

present as (

    -- A coin whose cell was refused, or is not published yet, was in the snapshot all the same.
    select observed.coin, observed.dataset, observed.snapshot_date
    from observed
    union
    select observed_coins.coin, observed_coins.dataset, members.date as snapshot_date
    from (select distinct observed.coin, observed.dataset, observed.source_coin_id from observed) as observed_coins
    inner join lake.snapshot_members as members
        on observed_coins.dataset = concat_ws('.', members.source, members.resource)
        and observed_coins.source_coin_id = members.member_id

),

numbered_presence as (

    select
        present.coin,
        present.dataset,
        numbered_days.day_place,
        numbered_days.next_snapshot_date,
        lead(numbered_days.day_place) over (
            partition by present.coin order by numbered_days.day_place
        ) as next_day_place
    from present
    inner join numbered_days
        on present.dataset = numbered_days.dataset and present.snapshot_date = numbered_days.snapshot_date

),

bands as (

    select
        categories.category,
        cast(categories.from_value as bigint) as from_value,
        cast(categories.below_value as bigint) as below_value
    from seeds.coin_categories as categories
    where categories.kind = 'rank_band'

),

states as (

    select
        observed.coin,
        observed.snapshot_date,
        observed.dataset,
        observed.source_coin_id,
        observed.symbol,
        observed.name,
        bands.category as rank_band,
        1 as active_number
    from observed
    left join bands
        on observed.rank >= coalesce(bands.from_value, observed.rank)
        and (bands.below_value is null or observed.rank < bands.below_value)
    union all
    -- The first snapshot without the coin, after one with it.
    select
        numbered_presence.coin,
        numbered_presence.next_snapshot_date as snapshot_date,
        numbered_presence.dataset,
        null as source_coin_id,
        null as symbol,
        null as name,
        null as rank_band,
        0 as active_number
    from numbered_presence
    where numbered_presence.next_snapshot_date is not null
        and coalesce(numbered_presence.next_day_place, 0) <> numbered_presence.day_place + 1

),

counted_states as (

    -- The number of observations so far names the newest of them.
    select
        states.*,
        sum(states.active_number) over (
            partition by states.coin
            order by states.snapshot_date
            rows between unbounded preceding and current row
        ) as observation_number
    from states

),

carried_states as (

    select
        counted_states.coin,
        counted_states.snapshot_date,
        counted_states.dataset,
        counted_states.active_number,
        counted_states.rank_band,
        max(counted_states.source_coin_id) over (
            partition by counted_states.coin, counted_states.observation_number
        ) as source_coin_id,
        max(counted_states.symbol) over (
            partition by counted_states.coin, counted_states.observation_number
        ) as symbol,
        max(counted_states.name) over (
            partition by counted_states.coin, counted_states.observation_number
        ) as name
    from counted_states
    where counted_states.observation_number > 0

),

compared_states as (

    select
        carried_states.*,
        lag(carried_states.active_number) over coin_days as last_active_number,
        lag(carried_states.rank_band) over coin_days as last_rank_band,
        lag(carried_states.symbol) over coin_days as last_symbol,
        lag(carried_states.name) over coin_days as last_name
    from carried_states
    window coin_days as (partition by carried_states.coin order by carried_states.snapshot_date)

),

changes as (

    select compared_states.*
    from compared_states
    where compared_states.last_active_number is null
        or compared_states.active_number <> compared_states.last_active_number
        or coalesce(compared_states.rank_band, '') <> coalesce(compared_states.last_rank_band, '')
        or coalesce(compared_states.symbol, '') <> coalesce(compared_states.last_symbol, '')
        or coalesce(compared_states.name, '') <> coalesce(compared_states.last_name, '')

),

bounded as (

    select
        changes.*,
        row_number() over (partition by changes.coin order by changes.snapshot_date) as version,
        lead(changes.snapshot_date) over (partition by changes.coin order by changes.snapshot_date) as valid_to
    from changes

),

final_versions as (

    select
        bounded.coin,
        bounded.version,

        bounded.dataset,
        bounded.source_coin_id,
        bounded.symbol,
        bounded.name,
        bounded.rank_band,

        bounded.active_number = 1 as is_active,
        bounded.valid_to is null as is_current,

        bounded.snapshot_date as valid_from,
        bounded.valid_to
    from bounded

)

select * from final_versions
