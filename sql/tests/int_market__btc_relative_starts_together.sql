-- On the common start an asset has neither won nor lost against BTC, no row lies before it, and BTC never does
-- better or worse than itself.
-- severity: error
select
    relative.ticker,
    relative.price_date,
    relative.common_start_date,
    relative.growth,
    relative.btc_growth,
    relative.relative_pct
from intermediate.int_market__btc_relative as relative
where
    relative.price_date < relative.common_start_date
    or relative.relative_pct is null
    or (
        relative.price_date = relative.common_start_date
        and (relative.growth <> 1.0e0 or relative.btc_growth <> 1.0e0 or relative.relative_pct <> 0.0e0)
    )
    or (relative.ticker = 'BTC' and relative.relative_pct <> 0.0e0)
