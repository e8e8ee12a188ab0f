-- The versions of a coin follow each other without hole or overlap; one of them is current, and it is the last.
-- severity: error
with followed as (

    select
        coins.coin,
        coins.version,
        coins.is_current,
        coins.valid_from,
        coins.valid_to,
        lead(coins.valid_from) over (partition by coins.coin order by coins.version) as next_valid_from
    from marts.dim_coins as coins

)

select
    followed.coin,
    followed.version
from followed
where coalesce(followed.valid_to <> followed.next_valid_from, followed.valid_to is not null)
    or (followed.next_valid_from is not null and followed.valid_to is null)
    or followed.is_current <> (followed.valid_to is null)
    or followed.valid_to <= followed.valid_from
