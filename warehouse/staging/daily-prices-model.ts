import type { DatasetOfBuild } from '../inputs.ts';
import { generatedModel, type SqlFile } from '../sql-files.ts';
import { isOfDailyPrices, priceMeasures } from './price-measures.ts';
import { stagingName } from './staging-model.ts';

/** Writes the model that holds the daily prices of all datasets in one shape; without such a dataset it is empty. */
export function dailyPricesModel(datasets: readonly DatasetOfBuild[]): SqlFile {
  const ofPrices = datasets.filter(isOfDailyPrices);
  const selects = ofPrices.length === 0 ? [emptySelect] : ofPrices.map(selectOf);
  const sources = ofPrices.map(({ id }) => `staging.${stagingName(id)}`).join(', ') || 'lake.publications';
  const unioned = selects.join('    union all\n');
  const text = `${header(sources)}with unioned as (\n\n${unioned}\n)\n\nselect * from unioned\n`;
  return generatedModel('staging', 'stg_daily_prices', text);
}

function header(sources: string): string {
  return `-- Every published daily price of every dataset whose contract has a close, in one shape. Which of two datasets counts
-- where both have a price of one asset is decided later.
-- grain: ticker x price date of one dataset
-- key: dataset, ticker, price_date
-- sources: ${sources}
-- column open: The first price of the day; null where the dataset has none.
-- column high: The highest price of the day; null where the dataset has none.
-- column low: The lowest price of the day; null where the dataset has none.
-- column close: The closing price of the day.
-- column volume: What was traded, in the unit of the dataset's contract; null where the dataset has none.
-- column market_cap: The value of all coins at this price; null where the dataset does not say.
`;
}

function selectOf(dataset: DatasetOfBuild): string {
  const names = new Set(dataset.columns.map(({ name }) => name));
  const measures = priceMeasures.map((name) =>
    names.has(name) ? `cast(bars.${name} as double) as ${name}` : `cast(null as double) as ${name}`,
  );
  return `    select
        bars.ticker,
        bars.price_date,

        bars.dataset,
        bars.source,
        bars.batch_id,
        bars.schema_version,
        bars.publication_number,

        ${measures.join(',\n        ')},

        bars.observed_at,
        bars.published_at
    from staging.${stagingName(dataset.id)} as bars
`;
}

/** Takes its types from the table that names every publication, so that it needs no words of one engine for them. */
const emptySelect = `    select
        publications.ticker,
        publications.date as price_date,

        publications.source as dataset,
        publications.source,
        publications.batch_id,
        publications.contract_version as schema_version,
        publications.number as publication_number,

        ${priceMeasures.map((name) => `cast(null as double) as ${name}`).join(',\n        ')},

        publications.ingested_at as observed_at,
        publications.recorded_at as published_at
    from lake.publications as publications
    where 1 = 0
`;
