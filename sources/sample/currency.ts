import type { PartitionDate } from '../../workflows/pure/cell.ts';
import type { PriceBook } from './price-book.ts';

/** The currencies the sample market quotes coins in, with the pair that turns them into US dollars. */
const dollarPairs: Readonly<Record<string, string | null>> = { usd: null, eur: 'C:EURUSD', gbp: 'C:GBPUSD' };

/** Tells whether coins are quoted in a currency. */
export function isQuoteCurrency(currency: string): boolean {
  return Object.hasOwn(dollarPairs, currency);
}

/** How many US dollars one unit of a currency is worth on a day. */
export function currencyRate(book: PriceBook, currency: string, date: PartitionDate): number {
  const pair = dollarPairs[currency];
  const asset = pair ? book.find('fx', pair) : undefined;
  return asset ? book.levelAt(asset, date) : 1;
}
