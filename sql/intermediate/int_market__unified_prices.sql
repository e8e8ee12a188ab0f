-- Every observed close in one unit, side by side: US dollars, or points where a price is no money (an index).
-- A close in another currency C is converted by the last observed close, at most 7 days old, of the asset of
-- class fx with ticker C followed by USD; without such a rate it stays in its own currency, and unit says so.
-- USD itself is the constant 1.0 on every calendar day of the data, and comes from no dataset. The ticker USD is
-- therefore taken: an asset may not be configured under it. Closes stay as traded; beside them stands what they are in
-- shares of today, which every comparison over time reads. Without a known split both are one number.
-- grain: asset x date on which a price was observed; for USD every calendar day of the data
-- key: ticker, price_date
-- sources: intermediate.int_market__observed_prices, intermediate.int_market__split_factors, lake.assets, lake.dates
-- column close: The close in unit, as traded.
-- column close_split_adjusted: close times split_factor.
-- column native_close: The close as traded, in currency.
-- column usd_rate: The US dollars that one unit of currency was worth; null where nothing was converted.
-- column usd_rate_date: The day on which that rate was observed, at most 7 days before price_date.
with observed as (

    select * from intermediate.int_market__observed_prices

),

rates as (

    select
        currencies.currency,
        observed.price_date,
        observed.day_number,
        observed.close as rate
    from (select distinct assets.currency from lake.assets as assets where assets.currency <> 'USD') as currencies
    inner join lake.assets as rate_assets
        on concat_ws('', currencies.currency, 'USD') = rate_assets.ticker
        and rate_assets.class = 'fx'
        and rate_assets.currency = 'USD'
    inner join observed
        on rate_assets.ticker = observed.ticker

),

rates_and_needs as (

    -- One row for each date on which a currency has a rate, or a close to convert, or both.
    select
        unioned.currency,
        unioned.price_date,
        unioned.day_number,
        max(unioned.rate) as rate
    from (
        select * from rates
        union all
        select
            observed.currency,
            observed.price_date,
            observed.day_number,
            cast(null as double) as rate
        from observed
        where observed.currency <> 'USD'
    ) as unioned
    group by unioned.currency, unioned.price_date, unioned.day_number

),

counted_rates as (

    -- The number of rates so far names the newest of them.
    select
        rates_and_needs.*,
        count(rates_and_needs.rate) over (
            partition by rates_and_needs.currency
            order by rates_and_needs.price_date
            rows between unbounded preceding and current row
        ) as rate_number
    from rates_and_needs

),

carried_rates as (

    select
        counted_rates.currency,
        counted_rates.price_date,
        counted_rates.day_number,
        max(counted_rates.rate) over (
            partition by counted_rates.currency, counted_rates.rate_number
        ) as usd_rate,
        min(counted_rates.price_date) over (
            partition by counted_rates.currency, counted_rates.rate_number
        ) as usd_rate_date,
        min(counted_rates.day_number) over (
            partition by counted_rates.currency, counted_rates.rate_number
        ) as rate_day_number
    from counted_rates
    where counted_rates.rate_number > 0

),

unified as (

    select
        observed.ticker,
        observed.price_date,
        observed.day_number,
        case
            when observed.currency is null then 'points'
            when carried_rates.usd_rate is not null then 'USD'
            else observed.currency
        end as unit,
        observed.close * coalesce(carried_rates.usd_rate, 1.0e0) as close,
        observed.close as native_close,
        observed.currency,
        carried_rates.usd_rate,
        carried_rates.usd_rate_date,
        coalesce(factors.split_factor, 1.0e0) as split_factor,
        coalesce(factors.split_count, 0) as split_count,
        observed.close * coalesce(carried_rates.usd_rate, 1.0e0) * coalesce(factors.split_factor, 1.0e0) as close_split_adjusted,
        observed.dataset,
        observed.batch_id,
        observed.observed_at,
        observed.published_at
    from observed
    left join carried_rates
        on observed.currency = carried_rates.currency
        and observed.price_date = carried_rates.price_date
        and carried_rates.day_number - carried_rates.rate_day_number <= 7
    left join intermediate.int_market__split_factors as factors
        on observed.ticker = factors.ticker
        and observed.price_date < factors.valid_before
        and (factors.valid_from is null or observed.price_date >= factors.valid_from)

),

span as (

    select
        min(observed.price_date) as first_date,
        max(observed.price_date) as last_date
    from observed

),

dollar as (

    -- A null takes the type of what it is united with.
    select
        'USD' as ticker,
        dates.date as price_date,
        dates.day_number,
        'USD' as unit,
        1.0e0 as close,
        1.0e0 as native_close,
        'USD' as currency,
        null as usd_rate,
        null as usd_rate_date,
        1.0e0 as split_factor,
        0 as split_count,
        1.0e0 as close_split_adjusted,
        null as dataset,
        null as batch_id,
        null as observed_at,
        null as published_at
    from span
    inner join lake.dates as dates
        on dates.date >= span.first_date and dates.date <= span.last_date

),

final_prices as (

    select * from unified
    union all
    select * from dollar

)

select * from final_prices
