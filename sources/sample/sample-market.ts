import type { SampleHistory } from './desk.ts';
import type { Fault } from './faults.ts';
import type { SampleKeys, SampleLimits } from './keys-and-limits.ts';
import type { RecordedRequest } from './request-log.ts';

/** How a sample market is started; everything may be left out. */
export interface SampleMarketOptions {
  /** 0 or left out: any free port. */
  readonly port?: number;
  /** The market's clock; default: the real one. */
  readonly now?: () => Date;
  /** Which random market it is; default 1. */
  readonly seed?: number;
  /** The keys asked for; null or left out: none. */
  readonly keys?: SampleKeys;
  /** Requests answered in any sixty seconds; null or left out: no limit. */
  readonly limits?: SampleLimits;
  /** Massive: the most bars on a page, to force a `next_url`; left out: what `limit` says. */
  readonly pageSize?: number;
  /** What `next_url` begins with, before `/v2`; default the market's own `massiveUrl`. */
  readonly nextUrlOrigin?: string;
  /** How far back each API answers; default 365 days of CoinGecko, 730 of Massive. */
  readonly history?: SampleHistory;
}

/** A running sample market. */
export interface SampleMarket {
  /** Where it answers, such as http://127.0.0.1:8123. */
  readonly url: string;
  /** CoinGecko's base URL. */
  readonly coingeckoUrl: string;
  /** Massive's base URL. */
  readonly massiveUrl: string;
  /** Sets the market's clock: to run, or to stand still. */
  setNow(now: (() => Date) | Date): void;
  /** Orders a fault. @throws ZodError where it is none. */
  order(fault: Fault): void;
  clearFaults(): void;
  /** Every request below the APIs so far, as copies, in the order in which they came. */
  readonly requests: readonly RecordedRequest[];
  forgetRequests(): void;
  /** Drops every connection and stops. */
  close(): Promise<void>;
}
