import type { PriceBook } from './price-book.ts';
import type { Tape } from './tape.ts';

/** How far back each API answers, and what Massive does with a range that begins too early. */
export interface SampleHistory {
  /** CoinGecko's largest `days`; default 365, null: no limit. */
  readonly coingeckoDays?: number | null;
  /** Days back from today in New York; default 730, null: no limit. */
  readonly massiveDays?: number | null;
  /** Massive's answer to a range partly too old: what is left of it, silently (default), or a refusal. */
  readonly massivePartly?: 'clip' | 'refuse';
}

/** What an endpoint needs to answer one request. */
export interface Desk {
  readonly book: PriceBook;
  readonly tape: Tape;
  readonly now: Date;
  readonly requestId: string;
  readonly history: Required<SampleHistory>;
  /** The newest days of a range that are answered where a `clip` fault says so; null: all. */
  readonly newestDays: number | null;
  /** The most bars on a page of Massive, whatever `limit` says; null: as many as `limit`. */
  readonly pageSize: number | null;
  /** What `next_url` begins with, before `/v2`. */
  readonly nextUrlBase: string;
}
