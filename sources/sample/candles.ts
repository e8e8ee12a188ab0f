import {
  type PartitionDate,
  addDays,
  datesBetween,
  midnightUtcMs,
  utcDateOf,
} from '../../workflows/pure/cell.ts';
import type { ListedAsset } from './catalogue.ts';
import { currencyRate, isQuoteCurrency } from './currency.ts';
import type { Desk } from './desk.ts';
import { type PriceBook, firstDay } from './price-book.ts';
import type { ToldBar, ToldValue } from './tape.ts';

/** By what an exchange's prices are off from the book's, at the most: a part of themselves. */
export const exchangeDeviation = 0.0005;

/** What an exchange trades: a coin of the book, and what its price is counted in. */
export interface Pair {
  readonly coin: ListedAsset;
  /** The quote's short name in capital letters: a currency, or a stablecoin, which is no currency. */
  readonly quote: string;
}

/** One day of a pair as an exchange tells it. */
export interface ToldCandle {
  readonly startMs: number;
  readonly open: ToldValue;
  readonly high: ToldValue;
  readonly low: ToldValue;
  readonly close: ToldValue;
  /** What was traded, counted in coins. */
  readonly volume: ToldValue;
  /** The same, counted in the quote. */
  readonly quoteVolume: ToldValue;
  readonly average: ToldValue;
  readonly trades: number;
}

/** Finds what a pair's two short names mean; nothing where the market has no such coin or quote. */
export function findPair(book: PriceBook, base: string, quote: string): Pair | undefined {
  const coin = book.findCode('crypto', base.toLowerCase());
  const isKnown = isQuoteCurrency(quote.toLowerCase()) || stablecoinOf(book, quote) !== undefined;
  return coin !== undefined && isKnown && base !== quote ? { coin, quote } : undefined;
}

/** Tells the candles from one day to another, both included, oldest first. Today's is open, and there is none after it. */
export function tellCandles(pair: Pair, from: PartitionDate, to: PartitionDate, desk: Desk): ToldCandle[] {
  const today = utcDateOf(desk.now.getTime());
  const first = from < firstDay ? firstDay : from;
  const last = to < today ? to : addDays(today, -1);
  const closed = first <= last ? desk.tape.barsOf(pair.coin, datesBetween(first, last)) : [];
  const open = from <= today && today <= to ? desk.tape.barUntil(pair.coin, desk.now.getTime()) : [];
  const candles = [...closed, ...open].map((bar) => candleOf(pair, bar, desk.book));
  return candles.slice(-(desk.take('clip')?.days ?? candles.length));
}

/** Writes a number as exchanges do: no exponent, eight decimals or as many as it has. A lie stays what it is. */
export function decimalText(value: ToldValue): string | null {
  if (typeof value !== 'number') return value;
  const text = String(value);
  if (/^-?\d+\.\d{8,}$/.test(text)) return text;
  return text.includes('e') ? value.toFixed(20).replace(/0{1,12}$/, '') : value.toFixed(8);
}

function stablecoinOf(book: PriceBook, quote: string): ListedAsset | undefined {
  return quote === 'USDT' || quote === 'USDC' ? book.findCode('crypto', quote.toLowerCase()) : undefined;
}

/** How many US dollars one unit of a quote is worth on a day: a stablecoin is seldom just one. */
function dollarsPerUnit({ quote }: Pair, book: PriceBook, date: PartitionDate): number {
  const stablecoin = stablecoinOf(book, quote);
  return stablecoin ? book.levelAt(stablecoin, date) : currencyRate(book, quote.toLowerCase(), date);
}

function candleOf(pair: Pair, bar: ToldBar, book: PriceBook): ToldCandle {
  const rate = dollarsPerUnit(pair, book, bar.date);
  const priced = (dollars: ToldValue): ToldValue =>
    typeof dollars === 'number' ? inUnits(dollars, rate) : dollars;
  const average = priced(bar.average ?? middleOf(bar));
  const quoteVolume = typeof bar.volume === 'number' ? bar.volume / rate : bar.volume;
  return {
    startMs: midnightUtcMs(bar.date),
    open: priced(bar.open),
    high: priced(bar.high),
    low: priced(bar.low),
    close: priced(bar.close),
    volume: coinsOf(quoteVolume, average),
    quoteVolume,
    average: quoteVolume === 0 ? 0 : average,
    trades: quoteVolume === 0 ? 0 : (bar.trades ?? 1),
  };
}

/** Rounds to eight digits, as prices of coins are told here: that keeps the order of a candle's prices. */
function inUnits(dollars: number, dollarsPerOne: number): number {
  return dollarsPerOne === 1 ? dollars : Number((dollars / dollarsPerOne).toPrecision(8));
}

function middleOf({ high, low }: ToldBar): ToldValue {
  return typeof high === 'number' && typeof low === 'number' ? (high + low) / 2 : null;
}

function coinsOf(quoteVolume: ToldValue, average: ToldValue): ToldValue {
  if (typeof quoteVolume !== 'number' || typeof average !== 'number' || average === 0) return quoteVolume;
  return Math.round((quoteVolume / average) * 1e8) / 1e8;
}
