import type { ListedAsset } from './catalogue.ts';
import type { PriceBook } from './price-book.ts';

/** The second half of CoinPaprika's id where it is not the book's name of the coin. */
const namesOfOwn: Readonly<Record<string, string>> = {
  ripple: 'xrp',
  binancecoin: 'binance-coin',
  'usd-coin': 'usdc',
  'avalanche-2': 'avalanche',
};

/** Finds a coin by CoinPaprika's id, such as `btc-bitcoin`. */
export function findCoinpaprika(book: PriceBook, id: string): ListedAsset | undefined {
  const name = id.slice(id.indexOf('-') + 1);
  const inBook = Object.keys(namesOfOwn).find((symbol) => namesOfOwn[symbol] === name) ?? name;
  const coin = book.find('crypto', inBook);
  return coin !== undefined && coinpaprikaId(coin) === id ? coin : undefined;
}

/** CoinPaprika's id of a coin: its short name and its name. */
export function coinpaprikaId(coin: ListedAsset): string {
  return `${coin.code}-${namesOfOwn[coin.symbol] ?? coin.symbol}`;
}
