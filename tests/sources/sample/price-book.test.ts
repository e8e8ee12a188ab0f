import { describe, expect, it } from 'vitest';
import { datesBetween } from '../../../workflows/pure/cell.ts';
import { type ListedAsset, type ListedKind, listedAssets } from '../../../sources/sample/catalogue.ts';
import { type Bar, type PriceBook, createPriceBook } from '../../../sources/sample/price-book.ts';

function barOf(book: PriceBook, kind: ListedKind, symbol: string, date: string): Bar | undefined {
  const asset = book.find(kind, symbol);
  return asset && book.barOf(asset, date);
}

describe('the price book', () => {
  it('holds these very numbers on every machine', () => {
    const book = createPriceBook(1);
    expect(barOf(book, 'stock', 'AAPL', '2015-01-02')).toEqual({
      date: '2015-01-02',
      open: 27.02,
      high: 27.14,
      low: 26.91,
      close: 27.04,
      volume: 50_809_339,
      average: 27.0275,
      trades: 461_904,
    });
    expect(barOf(book, 'stock', 'AAPL', '2026-11-19')?.close).toBe(195.18);
    expect(barOf(book, 'crypto', 'bitcoin', '2026-11-19')).toMatchObject({
      open: 77305.861,
      close: 76533.013,
    });
    expect(barOf(book, 'crypto', 'shiba-inu', '2020-02-29')?.close).toBe(0.000011731498);
    expect(barOf(book, 'fx', 'C:EURUSD', '2026-11-19')).toMatchObject({ high: 0.96874, low: 0.95683 });
    expect(barOf(book, 'fx', 'C:USDJPY', '2035-06-01')?.close).toBe(148.04);
  });

  it('is another market for another seed', () => {
    expect(barOf(createPriceBook(2), 'stock', 'AAPL', '2026-11-19')?.close).toBe(239.38);
  });

  it('tells a day alike whichever day was asked for before it', () => {
    const forwards = createPriceBook(7);
    const backwards = createPriceBook(7);
    const dates = datesBetween('2026-01-01', '2026-03-31');
    const told = dates.map((date) => barOf(forwards, 'stock', 'SPY', date));
    const toldBackwards = [...dates].reverse().map((date) => barOf(backwards, 'stock', 'SPY', date));
    expect(told).toEqual(toldBackwards.reverse());
    expect(told.filter((bar) => bar !== undefined)).toHaveLength(61);
  });

  it('holds only bars that can be true: finite, above zero, low ≤ open, close ≤ high', () => {
    const book = createPriceBook(1);
    const isWrong = (asset: ListedAsset, bar: Bar): boolean => {
      const { open, high, low, close, volume, average } = bar;
      const isOrdered = low > 0 && low <= Math.min(open, close) && Math.max(open, close) <= high;
      const isAverageInside = average === null || (low <= average && average <= high);
      return !isOrdered || !isAverageInside || !Number.isFinite(high) || !(volume > 0) || bar.date < '2015';
    };
    const dates = datesBetween('2015-01-01', '2018-12-31');
    const wrong = listedAssets.flatMap((asset) =>
      dates.flatMap((date) => {
        const bar = book.barOf(asset, date);
        return bar && isWrong(asset, bar) ? [{ symbol: asset.symbol, bar }] : [];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('opens a coin where it closed the day before, and has nothing before its first day', () => {
    const book = createPriceBook(1);
    const friday = barOf(book, 'fx', 'C:EURUSD', '2026-11-13');
    expect(barOf(book, 'fx', 'C:EURUSD', '2026-11-16')?.open).toBe(friday?.close);
    expect(barOf(book, 'crypto', 'bitcoin', '2014-12-31')).toBeUndefined();
  });

  it('moves within a day from the close before it to its own close', () => {
    const book = createPriceBook(1);
    const bitcoin = book.find('crypto', 'bitcoin');
    expect.assert(bitcoin !== undefined);
    const midnight = Date.parse('2026-11-20T00:00:00Z');
    expect(book.priceAt(bitcoin, midnight)).toBe(book.levelAt(bitcoin, '2026-11-19'));
    expect(book.priceAt(bitcoin, midnight - 1)).toBeCloseTo(book.levelAt(bitcoin, '2026-11-19'), 0);
  });
});
