import { keyColumns } from '../../contracts/contract.ts';
import type { DatasetOfBuild } from '../inputs.ts';
import { generatedModel, type SqlFile } from '../sql-files.ts';
import { stagingName } from './staging-model.ts';

/** What a snapshot may say of a coin, and its type; the contract of a source that does not say it has no such column. */
const measures: Readonly<Record<string, string>> = {
  coin_symbol: 'varchar(100)',
  coin_name: 'varchar(200)',
  rank: 'bigint',
  market_cap_rank: 'bigint',
  price: 'double',
  market_cap: 'double',
  volume: 'double',
  circulating_supply: 'double',
  total_supply: 'double',
  max_supply: 'double',
  change_24h_pct: 'double',
  high_24h: 'double',
  low_24h: 'double',
};

/** Tells whether a dataset holds one ranked coin with its price in each cell. */
export function isOfCoins({ columns, primaryKey }: DatasetOfBuild): boolean {
  const names = new Set(columns.map(({ name }) => name));
  const isOneACell = primaryKey.every((name) => Object.hasOwn(keyColumns, name));
  return isOneACell && ['coin_id', 'rank', 'price'].every((name) => names.has(name));
}

/** Writes the model that holds the coins of all snapshots in one shape; without such a dataset it is empty. */
export function coinSnapshotsModel(datasets: readonly DatasetOfBuild[]): SqlFile {
  const ofCoins = datasets.filter(isOfCoins);
  const selects = ofCoins.length === 0 ? [emptySelect] : ofCoins.map(selectOf);
  const sources = ofCoins.map(({ id }) => `staging.${stagingName(id)}`).join(', ') || 'lake.publications';
  const unioned = selects.join('    union all\n');
  const text = `${header(sources)}with unioned as (\n\n${unioned}\n)\n\nselect * from unioned\n`;
  return generatedModel('staging', 'stg_coin_snapshots', text);
}

function header(sources: string): string {
  return `-- Every published coin of every snapshot, in one shape: of the datasets whose contract has a coin's id, a rank and a price.
-- Which ids of two sources are one coin is decided later.
-- grain: coin x snapshot day of one dataset
-- key: dataset, ticker, price_date
-- sources: ${sources}
-- column ticker: The coin's cell: the source's id of it, or what was made of that where it can be no ticker.
-- column price_date: The UTC day on which the snapshot was taken.
-- column coin_id: The source's own id of the coin.
-- column coin_symbol: The short name that people use; several coins may share one.
-- column coin_name: The name of the coin, in the source's words.
-- column rank: The place in the snapshot, from 1.
-- column market_cap_rank: The place that the source itself names; null where it names none.
-- column price: The price when the snapshot was taken; null where the source has none.
-- column market_cap: Price times circulating supply, as the source says it.
-- column volume: What was traded in the 24 hours before, in the unit of the price.
-- column circulating_supply: Coins that are in circulation.
-- column total_supply: Coins that exist.
-- column max_supply: The most coins there can ever be.
-- column change_24h_pct: How far the price moved in the 24 hours before, in percent.
-- column high_24h: The highest price of the 24 hours before.
-- column low_24h: The lowest price of the 24 hours before.
-- column last_updated: The instant of the row, in UTC; null where the source does not say.
`;
}

function selectOf(dataset: DatasetOfBuild): string {
  const names = new Set(dataset.columns.map(({ name }) => name));
  const own = Object.entries(measures).map(
    ([name, type]) => `cast(${names.has(name) ? `coins.${name}` : 'null'} as ${type}) as ${name}`,
  );
  // A null of the type of an instant, which the portable subset has no cast to.
  const instant = names.has('last_updated')
    ? 'coins.last_updated'
    : 'nullif(coins.observed_at, coins.observed_at) as last_updated';
  return `    select
        coins.ticker,
        coins.price_date,

        coins.dataset,
        coins.source,
        coins.batch_id,
        coins.schema_version,
        coins.publication_number,

        coins.coin_id,
        ${own.join(',\n        ')},

        ${instant},
        coins.observed_at,
        coins.published_at
    from staging.${stagingName(dataset.id)} as coins
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

        publications.ticker as coin_id,
        ${Object.entries(measures)
          .map(([name, type]) => `cast(null as ${type}) as ${name}`)
          .join(',\n        ')},

        publications.recorded_at as last_updated,
        publications.ingested_at as observed_at,
        publications.recorded_at as published_at
    from lake.publications as publications
    where 1 = 0
`;
