import type { ListedAsset } from './catalogue.ts';
import type { PriceBook } from './price-book.ts';

/** Coins that CoinCap calls otherwise than the book; all others have one name in both. */
const bookNames: Readonly<Record<string, string>> = {
  xrp: 'ripple',
  'binance-coin': 'binancecoin',
  avalanche: 'avalanche-2',
};

const ownNames = new Map(Object.entries(bookNames).map(([own, inBook]) => [inBook, own]));

/** Finds a coin by CoinCap's id. */
export function findCoincap(book: PriceBook, id: string): ListedAsset | undefined {
  const coin = book.find('crypto', bookNames[id] ?? id);
  return coin !== undefined && coincapId(coin) === id ? coin : undefined;
}

/** CoinCap's id of a coin. */
export function coincapId(coin: ListedAsset): string {
  return ownNames.get(coin.symbol) ?? coin.symbol;
}
