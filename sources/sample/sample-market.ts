import type { BySource, PlayedApi, SampleSource } from './apis.ts';
import type { PartlyTooOld } from './desk.ts';
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
  /** How many coins it lists, 16 with names of real ones and then made up ones; default 300. */
  readonly coins?: number;
  /** The keys asked for, by source; null or left out: none. */
  readonly keys?: SampleKeys;
  /** Requests answered in any sixty seconds, by source; null or left out: no limit. */
  readonly limits?: SampleLimits;
  /** The most bars on a page, for an API that pages ranges, to force a next page; left out: what is asked for. */
  readonly pageSize?: number;
  /** What the addresses in answers begin with, such as that of a next page; default the API's own base URL. */
  readonly toldBaseUrl?: string;
  /** How many days back each API answers, by source; left out: as it does by itself, null: without limit. */
  readonly history?: BySource<number>;
  /** The plan whose host an API plays, by source: CoinGecko's `pro`; left out: the free plan's. */
  readonly plans?: BySource<string>;
  /** APIs that are played besides the registered ones: a template, or one that is still being written. */
  readonly guests?: readonly PlayedApi[];
  /** What becomes of a range that is partly too old, for an API that does either; default `clip`. */
  readonly partlyTooOld?: PartlyTooOld;
}

/** A running sample market. */
export interface SampleMarket {
  /** Where it answers, such as http://127.0.0.1:8123. */
  readonly url: string;
  /** The base URL of an API, by its source's name. @throws RangeError where it is not played. */
  urlOf(source: SampleSource): string;
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
