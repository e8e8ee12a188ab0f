import { describe, expect, it } from 'vitest';
import { datesBetween } from '../../../workflows/pure/cell.ts';
import type { Question } from '../../../sources/sample/answer.ts';
import type { ListedAsset } from '../../../sources/sample/catalogue.ts';
import { createFaultBox } from '../../../sources/sample/fault-box.ts';
import { sampleApi, type SampleSource } from '../../../sources/sample/apis.ts';
import { type PriceBook, createPriceBook } from '../../../sources/sample/price-book.ts';
import { type Tape, type ToldBar, openTape } from '../../../sources/sample/tape.ts';

const book = createPriceBook(1);
const dates = datesBetween('2026-01-01', '2026-11-19');
const noon = Date.parse('2026-11-20T12:00:00Z');

function assetOf(kind: ListedAsset['kind'], symbol: string): ListedAsset {
  const asset = book.find(kind, symbol);
  expect.assert(asset !== undefined);
  return asset;
}

function tapeOf(source: SampleSource, deviation: number, of: PriceBook = book, box = createFaultBox()): Tape {
  const query = new URLSearchParams();
  const rest = { method: 'GET', target: '/', segments: [], query, headers: {} };
  const question: Question = { source, api: sampleApi(source), ...rest };
  return openTape(of, box, question, deviation);
}

const isSane = ({ open, high, low, close }: ToldBar): boolean =>
  Number(low) > 0 &&
  Number(low) <= Math.min(Number(open), Number(close)) &&
  Number(high) >= Math.max(Number(open), Number(close));

describe('what an API tells of the book', () => {
  it('is the book itself where the API does not deviate', () => {
    const bitcoin = assetOf('crypto', 'bitcoin');
    const tape = tapeOf('coingecko', 0);
    expect(tape.barsOf(bitcoin, dates)).toEqual(dates.map((date) => book.barOf(bitcoin, date)));
    expect(tape.priceAt(bitcoin, noon)).toBe(book.priceAt(bitcoin, noon));
  });

  it.each([
    ['crypto', 'bitcoin'],
    ['crypto', 'shiba-inu'],
    ['crypto', 'tether'],
    ['crypto', 'sample-coin-299'],
    ['fx', 'C:EURUSD'],
  ] as const)('is off by no more than its deviation, and still true bars (%s %s)', (kind, symbol) => {
    const asset = assetOf(kind, symbol);
    const honest = tapeOf('coingecko', 0).barsOf(asset, dates);
    const told = tapeOf('coingecko', 0.0005).barsOf(asset, dates);
    const parts = told.map((bar, index) => Number(bar.close) / Number(honest[index]?.close) - 1);
    expect(told.filter((bar) => !isSane(bar))).toEqual([]);
    // One step of rounding more: a fixing has five decimals.
    expect(parts.filter((part) => Math.abs(part) > 0.0005 + 0.00001)).toEqual([]);
    expect(new Set(parts.map((part) => Math.round(part * 20_000))).size).toBeGreaterThan(10);
  });

  it('differs from source to source, market to market, and is the same whenever it is asked', () => {
    const bitcoin = assetOf('crypto', 'bitcoin');
    const closes = (source: SampleSource, of?: PriceBook): unknown[] =>
      tapeOf(source, 0.0005, of)
        .barsOf(bitcoin, ['2026-11-19'])
        .map(({ close }) => close);
    expect(closes('massive')).not.toEqual(closes('coingecko'));
    expect(closes('massive')).toEqual(closes('massive', createPriceBook(1)));
    expect(book.leaningOf('massive', bitcoin, '2026-11-19')).not.toBe(
      createPriceBook(2).leaningOf('massive', bitcoin, '2026-11-19'),
    );
  });

  it('knows the running day so far: opened at the last close, closing at the price of the instant', () => {
    const solana = assetOf('crypto', 'solana');
    const tape = tapeOf('coingecko', 0.0005);
    const [running, ...more] = tape.barUntil(solana, noon);
    expect.assert(running !== undefined);
    expect(more).toEqual([]);
    expect(isSane(running)).toBe(true);
    expect([running.date, running.close]).toEqual(['2026-11-20', tape.priceAt(solana, noon)]);
    const whole = book.barOf(solana, '2026-11-20');
    expect(Number(running.volume)).toBeCloseTo((whole?.volume ?? 0) / 2, 1);
    expect(tapeOf('coingecko', 0).barUntil(solana, noon)[0]?.open).toBe(whole?.open);
  });

  it('knows the last 24 hours, whose turnover is a whole day even just after midnight', () => {
    const solana = assetOf('crypto', 'solana');
    const tape = tapeOf('coingecko', 0.0005);
    const minuteIn = Date.parse('2026-11-20T00:01:00Z');
    const [day] = tape.lastDayUntil(solana, minuteIn);
    expect.assert(day !== undefined);
    expect(isSane(day)).toBe(true);
    expect([day.date, day.close]).toEqual(['2026-11-20', tape.priceAt(solana, minuteIn)]);
    const yesterday = book.barOf(solana, '2026-11-19')?.volume ?? 0;
    expect(Number(day.volume) / yesterday).toBeCloseTo(1, 2);
  });

  it('is lied about on top of its deviation', () => {
    const bitcoin = assetOf('crypto', 'bitcoin');
    const box = createFaultBox();
    box.order({
      kind: 'patch-bar',
      symbol: 'bitcoin',
      date: '2026-11-20',
      change: { op: 'set', value: null },
    });
    const [running] = tapeOf('coingecko', 0.0005, book, box).barUntil(bitcoin, noon);
    expect(running?.close).toBeNull();
    expect(box.list()).toEqual([]);
  });
});
