import { keyColumns } from '../../contracts/contract.ts';
import type { DatasetOfBuild } from '../inputs.ts';

/** What any daily price may have beside its close; a dataset that lacks one leaves it null. */
export const priceMeasures = ['open', 'high', 'low', 'close', 'volume', 'market_cap'] as const;

/** Tells whether a dataset holds one close for each asset and day; one of coins at an instant calls its price otherwise. */
export function isOfDailyPrices({ columns, primaryKey }: DatasetOfBuild): boolean {
  const isOneACell = primaryKey.every((name) => Object.hasOwn(keyColumns, name));
  return isOneACell && columns.some(({ name }) => name === 'close');
}
