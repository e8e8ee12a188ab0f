import type { CoinRow, DatasetOfBuild } from '../../warehouse/build.ts';
import { datasets, type Entry } from '../warehouse/tiny-lake.ts';

const [markets] = datasets.filter(({ id }) => id === 'coingecko.markets');
if (!markets) throw new Error('there is no contract coingecko.markets');

/** Snapshots of other sources, in the shape of CoinGecko's and, where told, in another unit; those with a contract are the house's own. */
export function snapshotsOf(id: string, unit = 'USD'): DatasetOfBuild {
  const columns = markets!.columns.map((column) => (column.unit === 'USD' ? { ...column, unit } : column));
  return { ...markets!, id, columns };
}

/** CoinCap's and CoinPaprika's snapshots, as long as the house has no contract for them. */
export const otherSnapshots = ['coincap.assets', 'coinpaprika.tickers']
  .filter((id) => datasets.every((dataset) => dataset.id !== id))
  .map((id) => snapshotsOf(id));

/** What a snapshot says of a coin; the id is its ticker. */
export function coinOf(
  dataset: string,
  date: string,
  id: string,
  measures: Readonly<Record<string, number | string | null>>,
): Entry {
  const asset = { ticker: id, class: 'crypto', calendar: 'every-day', dataset, symbol: id, currency: 'USD' };
  const batch = `${dataset}/${date}`;
  return { asset, date, batch, measures: { coin_id: id, coin_symbol: id, coin_name: id, ...measures } };
}

/** A mapping of made up coins. */
export function mapped(coin: string, segment: string, ids: Readonly<Record<string, string>>): CoinRow[] {
  return Object.entries(ids).map(([source, sourceCoinId]) => ({
    ...{ coin, symbol: coin.toUpperCase(), name: `The ${coin}`, segment, source, sourceCoinId },
  }));
}
