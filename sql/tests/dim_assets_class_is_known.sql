-- An asset is of one of the four classes.
-- severity: error
select
    assets.ticker,
    assets.class
from marts.dim_assets as assets
where assets.class not in ('crypto', 'stock', 'fx', 'index') or assets.class is null
