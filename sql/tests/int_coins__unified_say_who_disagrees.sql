-- Where a price lies beyond the tolerance of another source's, that other row is kept and says so too.
-- severity: error
select
    one.coin,
    one.dataset,
    one.snapshot_date
from intermediate.int_coins__unified as one
left join intermediate.int_coins__unified as others
    on one.coin = others.coin
    and one.snapshot_date = others.snapshot_date
    and one.currency = others.currency
    and one.dataset <> others.dataset
    and others.is_beyond_tolerance
where one.is_beyond_tolerance and others.coin is null
