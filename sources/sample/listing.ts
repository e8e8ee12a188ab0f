import { type ListedAsset, type ListedKind, listedAssets } from './catalogue.ts';
import { madeUpCoin, numberOfMadeUp } from './made-up-coins.ts';

/** What the market lists: whom one can ask for. */
export interface Listing {
  /** Finds an asset by the name it is listed under; case counts. */
  find(kind: ListedKind, symbol: string): ListedAsset | undefined;
  /**
   * Finds an asset by its short name: `btc`, `EURUSD`. Codes of coins are not unique, as in the world: the coin
   * listed first is meant.
   */
  findCode(kind: ListedKind, code: string): ListedAsset | undefined;
  /** All of a kind; the coins in the order of their numbers. */
  list(kind: ListedKind): readonly ListedAsset[];
}

const usualCoins = 300;

/** Makes a listing with so many coins; those that are made up are made when somebody asks for them. */
export function createListing(coins = usualCoins): Listing {
  const named = listedAssets.filter(({ kind }) => kind === 'crypto').slice(0, coins);
  const others = listedAssets.filter(({ kind }) => kind !== 'crypto');
  const madeUp = new Map<number, ListedAsset>();
  const coinOf = (number: number): ListedAsset => {
    const coin = madeUp.get(number) ?? madeUpCoin(number);
    madeUp.set(number, coin);
    return coin;
  };
  const madeUpNumbers = Array.from({ length: coins - named.length }, (_, index) => named.length + 1 + index);
  const list = (kind: ListedKind): readonly ListedAsset[] =>
    kind === 'crypto'
      ? [...named, ...madeUpNumbers.map(coinOf)]
      : others.filter((asset) => asset.kind === kind);
  return {
    list,
    find(kind, symbol) {
      const number = kind === 'crypto' ? numberOfMadeUp(symbol) : undefined;
      if (number !== undefined) return number > named.length && number <= coins ? coinOf(number) : undefined;
      const among = kind === 'crypto' ? named : others;
      return among.find((asset) => asset.kind === kind && asset.symbol === symbol);
    },
    findCode: (kind, code) => list(kind).find((asset) => asset.code === code),
  };
}
