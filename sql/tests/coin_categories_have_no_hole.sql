-- The limits of each kind of category, in their order, leave no value out and give none to two categories.
-- severity: error
with numbered as (

    select
        categories.kind,
        categories.category,
        cast(categories.from_value as double) as from_value,
        cast(categories.below_value as double) as below_value,
        row_number() over (
            partition by categories.kind order by coalesce(cast(categories.from_value as double), -1.0e300)
        ) as place,
        count(*) over (partition by categories.kind) as places
    from seeds.coin_categories as categories

)

select
    one.kind,
    one.category
from numbered as one
left join numbered as next_one
    on one.kind = next_one.kind and one.place + 1 = next_one.place
where (one.place = 1) <> (one.from_value is null)
    or (one.place = one.places) <> (one.below_value is null)
    or (one.place < one.places and coalesce(one.below_value <> next_one.from_value, true))
