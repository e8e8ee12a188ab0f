-- Bitcoin's place and the number that it beat are those of the returns, counted in another way.
-- severity: error
with ranked as (

    select
        summary.ticker,
        summary.period,
        summary.return_pct,
        rank() over (partition by summary.period order by summary.return_pct desc) as place,
        rank() over (partition by summary.period order by summary.return_pct) as place_from_below,
        count(*) over (partition by summary.period) as assets
    from marts.rpt_performance_summary as summary
    where summary.return_pct is not null

),

btc as (

    select * from ranked
    where ranked.ticker = 'BTC'

)

select
    btc.period as expected_period,
    standing.period,
    btc.place as expected_rank,
    standing.btc_rank
from btc
full outer join marts.rpt_btc_standing as standing
    on btc.period = standing.period
where
    btc.period is null
    or standing.btc_rank is distinct from btc.place
    or standing.beaten_by_btc is distinct from btc.place_from_below - 1
    or standing.others is distinct from btc.assets - 1
    or standing.btc_return_pct is distinct from btc.return_pct
