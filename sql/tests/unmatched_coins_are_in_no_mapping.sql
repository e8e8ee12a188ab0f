-- No coin is listed as unmatched whose id the mapping has, and none is left out that it has not.
-- severity: error
select
    coalesce(unmatched.dataset, coins.dataset) as dataset,
    coalesce(unmatched.source_coin_id, coins.source_coin_id) as source_coin_id
from metadata.unmatched_coins as unmatched
full join (
    select distinct unified.dataset, unified.source, unified.source_coin_id
    from intermediate.int_coins__unified as unified
    where concat_ws(':', unified.source, unified.source_coin_id) not in (
        select concat_ws(':', mapping.source, mapping.source_coin_id) from lake.coins as mapping
    )
) as coins
    on unmatched.dataset = coins.dataset and unmatched.source_coin_id = coins.source_coin_id
where unmatched.dataset is null or coins.dataset is null
