-- How Bitcoin stands among all assets that have a return over a period: how many others there are, how many of them
-- it beat, and its place, 1 being the best. Equal returns share a place and neither beats the other.
-- grain: period over which Bitcoin has a return
-- key: period
-- sources: marts.rpt_performance_summary
-- column others: The number of other assets that have a return over the period.
-- column beaten_by_btc: The number of them whose return is below that of BTC.
-- column btc_return_pct: The return of BTC over the period, in percent.
-- column btc_rank: The place of BTC among all, 1 being the best.
with returned as (

    select * from marts.rpt_performance_summary
    where return_pct is not null

),

btc as (

    select
        returned.period,
        returned.return_pct
    from returned
    where returned.ticker = 'BTC'

),

others as (

    select
        returned.ticker,
        returned.period,
        returned.return_pct
    from returned
    where returned.ticker <> 'BTC'

),

final_standing as (

    select
        btc.period,

        cast(count(others.ticker) as integer) as others,
        cast(count(case when others.return_pct < btc.return_pct then 1 end) as integer) as beaten_by_btc,
        btc.return_pct as btc_return_pct,
        cast(count(case when others.return_pct > btc.return_pct then 1 end) + 1 as integer) as btc_rank
    from btc
    left join others
        on btc.period = others.period
    group by btc.period, btc.return_pct

)

select * from final_standing
