import { binanceSource } from '../../sources/binance.ts';
import { coinbaseSource } from '../../sources/coinbase.ts';
import { krakenSource } from '../../sources/kraken.ts';
import type { Resource } from '../../sources/source.ts';
import { resourceOf } from './support.ts';

/** A day of an exchange, before it is written as one of them writes it. */
export interface Day {
  /** The instant at which it starts. */
  readonly startMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** An exchange, and how it writes days that are given oldest first. */
export interface Exchange {
  readonly name: 'coinbase' | 'binance' | 'kraken';
  readonly candles: Resource;
  readonly symbol: string;
  readonly encode: (days: readonly Day[]) => unknown;
  /** The path and query of a request for 2026-11-17 to 2026-11-19. */
  readonly target: string;
}

const dayMs = 86_400_000;

/** Coinbase Exchange: numbers, low and high first, the newest day first. */
export const coinbase: Exchange = {
  name: 'coinbase',
  candles: resourceOf(coinbaseSource(), 'daily_candles'),
  symbol: 'BTC-USD',
  encode: (days) =>
    days
      .map(({ startMs, open, high, low, close, volume }) => [startMs / 1000, low, high, open, close, volume])
      .reverse(),
  target: '/products/BTC-USD/candles?granularity=86400&start=2026-11-17T00:00:00Z&end=2026-11-19T23:59:59Z',
};

/** Binance: texts in rows of twelve. */
export const binance: Exchange = {
  name: 'binance',
  candles: resourceOf(binanceSource(), 'daily_candles'),
  symbol: 'BTCUSDT',
  encode: (days) => days.map(kline),
  target:
    '/api/v3/klines?symbol=BTCUSDT&interval=1d&startTime=1794873600000&endTime=1795132799999&limit=1000',
};

/** Kraken: texts, below the pair's own name; `last` names the newest of them. */
export const kraken: Exchange = {
  name: 'kraken',
  candles: resourceOf(krakenSource(), 'daily_candles'),
  symbol: 'XBTUSD',
  encode: (days) => {
    const rows = days.map(krakenRow);
    return { error: [], result: { XXBTZUSD: rows, last: (days.at(-1)?.startMs ?? 0) / 1000 } };
  },
  target: '/0/public/OHLC?pair=XBTUSD&interval=1440&since=1794873599',
};

/** All exchanges. */
export const exchanges: readonly Exchange[] = [coinbase, binance, kraken];

/** Writes a row of Binance. */
export function kline({ startMs, open, high, low, close, volume }: Day): unknown[] {
  const prices = [open, high, low, close, volume].map(String);
  const quoteVolume = String(close * volume);
  return [startMs, ...prices, startMs + dayMs - 1, quoteVolume, 1000, '1.0', '2.0', '0'];
}

/** Writes a row of Kraken. */
export function krakenRow({ startMs, open, high, low, close, volume }: Day): unknown[] {
  const texts = [open, high, low, close, (low + high) / 2, volume].map(String);
  return [startMs / 1000, ...texts, 1000];
}
