import type { Coin } from '../contracts/coins.ts';
import type { CoinRow } from './inputs.ts';

/** Lays the mapping of coins out as the warehouse reads it: one row for each coin and source. */
export function coinRows(coins: readonly Coin[]): CoinRow[] {
  return coins.flatMap(({ ids, ...coin }) =>
    Object.entries(ids).map(([source, sourceCoinId]) => ({ ...coin, source, sourceCoinId })),
  );
}
