import { describe, expect, it } from 'vitest';
import { createListing } from '../../../sources/sample/listing.ts';
import { createPriceBook } from '../../../sources/sample/price-book.ts';

describe('the listing of coins', () => {
  it('begins with the named coins, goes on with made up ones, and is as long as it is told', () => {
    const coins = createListing().list('crypto');
    expect(coins).toHaveLength(300);
    expect(coins.slice(15, 18).map(({ symbol }) => symbol)).toEqual([
      'shiba-inu',
      'sample-coin-017',
      'sample-coin-018',
    ]);
    expect(new Set(coins.map(({ symbol }) => symbol)).size).toBe(300);
    expect(createListing(1200).list('crypto').at(-1)?.symbol).toBe('sample-coin-1200');
    expect(createListing(3).list('crypto')).toHaveLength(3);
  });

  it('makes the same coin up for everybody, and draws it to less the higher its number', () => {
    const listing = createListing();
    expect(listing.find('crypto', 'sample-coin-042')).toEqual(
      createListing(42).find('crypto', 'sample-coin-042'),
    );
    const caps = listing
      .list('crypto')
      .slice(16)
      .filter(({ supply }) => supply > 0)
      .map(({ lastLevel, supply }) => lastLevel * supply);
    expect(caps.filter((cap, index) => cap >= (caps[index - 1] ?? Infinity))).toEqual([]);
  });

  it('finds a coin by its name, or by its code where the coin listed first is meant', () => {
    const listing = createListing();
    expect(listing.findCode('crypto', 'btc')?.symbol).toBe('bitcoin');
    expect(listing.findCode('fx', 'EURUSD')?.symbol).toBe('C:EURUSD');
    expect(listing.findCode('crypto', 'smp99')?.symbol).toBe('sample-coin-099');
    expect(listing.find('crypto', 'sample-coin-100')?.code).toBe('smp99');
    const strangers = ['sample-coin-016', 'sample-coin-301', 'sample-coin-17', 'sample-coin-0017', 'AAPL'];
    expect(strangers.map((symbol) => listing.find('crypto', symbol))).toEqual(Array(5).fill(undefined));
  });

  it('has these very prices for made up coins', () => {
    const book = createPriceBook(1);
    const closes = ['sample-coin-017', 'sample-coin-300'].map((symbol) => {
      const coin = book.find('crypto', symbol);
      return coin && book.barOf(coin, '2026-11-19')?.close;
    });
    expect(closes).toEqual([7.1043033, 3.0448279]);
  });
});
