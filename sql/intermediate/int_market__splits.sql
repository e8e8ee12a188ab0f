-- Every split that a source ever told of a configured stock, as it stands by the source's newest word: the newest answer
-- that reaches its day. A split is believed where that answer still has it, with one ratio of two numbers above zero. It
-- counts for an asset whose prices are of the same source, by the symbol that both use.
-- grain: stock x day on which a split takes effect
-- key: ticker, execution_date
-- sources: staging.stg_massive__splits, lake.assets
-- column execution_date: The first day on which shares are traded as they are after the split.
-- column symbol: The stock, by the source's own name of it.
-- column split_status: KNOWN, CONTRADICTED (the newest answer has several ratios, or none above zero) or WITHDRAWN (it has the split no more).
-- column split_from: So many old shares became split_to new ones; of a withdrawn split what was told last, null of a contradicted one.
-- column split_to: So many new shares were given for split_from old ones.
-- column ratio: split_to over split_from: 2 where one share became two, 0.1 where ten became one.
-- column first_learned_on: The UTC day on which the source first told of a split on this day.
-- column last_told_on: The UTC day of the newest answer that has it.
-- column batch_id: The batch of the newest answer that has it.
with told as (

    select * from staging.stg_massive__splits

),

answers as (

    select distinct
        told.dataset,
        told.price_date,
        told.asked_since
    from told

),

days as (

    select
        told.dataset,
        told.symbol,
        told.execution_date,
        min(told.price_date) as first_learned_on,
        max(told.price_date) as last_told_on
    from told
    group by told.dataset, told.symbol, told.execution_date

),

newest_answers as (

    select
        days.dataset,
        days.symbol,
        days.execution_date,
        max(answers.price_date) as answered_on
    from days
    inner join answers
        on days.dataset = answers.dataset and days.execution_date >= answers.asked_since
    group by days.dataset, days.symbol, days.execution_date

),

last_words as (

    select
        told.dataset,
        told.symbol,
        told.execution_date,
        min(told.split_to / nullif(told.split_from, 0.0e0)) as lowest_ratio,
        max(told.split_to / nullif(told.split_from, 0.0e0)) as highest_ratio,
        min(case when told.split_from > 0.0e0 and told.split_to > 0.0e0 then 1 else 0 end) as are_numbers,
        min(told.split_from) as split_from,
        min(told.split_to) as split_to,
        min(told.batch_id) as batch_id
    from told
    inner join days
        on told.dataset = days.dataset
        and told.symbol = days.symbol
        and told.execution_date = days.execution_date
        and told.price_date = days.last_told_on
    group by told.dataset, told.symbol, told.execution_date

),

judged as (

    select
        days.*,
        case
            when newest_answers.answered_on > days.last_told_on then 'WITHDRAWN'
            when last_words.are_numbers = 1 and last_words.lowest_ratio = last_words.highest_ratio then 'KNOWN'
            else 'CONTRADICTED'
        end as split_status,
        case when last_words.lowest_ratio = last_words.highest_ratio then last_words.split_from end as split_from,
        case when last_words.lowest_ratio = last_words.highest_ratio then last_words.split_to end as split_to,
        last_words.batch_id
    from days
    inner join newest_answers
        on days.dataset = newest_answers.dataset
        and days.symbol = newest_answers.symbol
        and days.execution_date = newest_answers.execution_date
    inner join last_words
        on days.dataset = last_words.dataset
        and days.symbol = last_words.symbol
        and days.execution_date = last_words.execution_date

),

final_splits as (

    select
        assets.ticker,
        judged.execution_date,

        judged.dataset,
        assets.source,
        judged.symbol,
        judged.split_status,
        judged.batch_id,

        judged.split_from,
        judged.split_to,
        judged.split_to / nullif(judged.split_from, 0.0e0) as ratio,

        judged.first_learned_on,
        judged.last_told_on
    from judged
    inner join lake.assets as assets
        on judged.symbol = assets.symbol
        and assets.class = 'stock'
        and judged.dataset = assets.source || '.splits'

)

select * from final_splits
