-- The assets that line charts draw, at most eight, since more cannot be told apart: BTC first, then the best
-- and the worst of the year. place says which colour and dash an asset has, the same in every chart.
with ranked as (

    select
        assets.ticker,
        row_number() over (
            order by (assets.ticker = 'BTC') desc, summary.return_pct desc nulls last, assets.ticker
        ) as from_best,
        row_number() over (
            order by (assets.ticker = 'BTC') desc, summary.return_pct asc nulls first, assets.ticker desc
        ) as from_worst
    from marts.dim_assets as assets
    left join marts.rpt_performance_summary as summary
        on assets.ticker = summary.ticker and summary.period = '1Y'
    where assets.observed_days > 0

)

select
    ranked.ticker,
    row_number() over (order by ranked.from_best) as place
from ranked
where ranked.from_best <= 5 or ranked.from_worst <= 4
qualify place <= 8
