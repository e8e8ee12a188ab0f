import type { CoinRow, DatasetOfBuild } from '../../warehouse/build.ts';
import { datasets, type Entry } from '../warehouse/tiny-lake.ts';

const [markets] = datasets.filter(({ id }) => id === 'coingecko.markets');
if (!markets) throw new Error('there is no contract coingecko.markets');

/** Snapshots in the shape of CoinGecko's, their prices in another unit. */
export function snapshotsIn(unit: string, id: string): DatasetOfBuild {
  const columns = markets!.columns.map((column) => (column.unit === 'USD' ? { ...column, unit } : column));
  return { ...markets!, id, columns };
}

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
