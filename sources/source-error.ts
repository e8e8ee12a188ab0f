/**
 * What can go wrong between us and an API. *Trouble* (`retryable`) passes by itself; a *mistake* needs
 * a person. The activity edge turns one into the other world's failure.
 */
export type SourceErrorCode =
  /** Asked too often: HTTP 429. `retryAfterMs` where the API said how long. */
  | 'RateLimited'
  /** Network, timeout, reset, truncated body, 5xx. */
  | 'SourceUnavailable'
  /** 200 with HTML or another shape than documented. Retried, since it is usually an outage's face. */
  | 'WrongShape'
  /** A snapshot's page that is stamped with another UTC day than the one it is taken for: a cache's, or a stopped clock's. */
  | 'WrongDay'
  /** A snapshot of a day that is over: what is told now is another day's. */
  | 'DayOver'
  /** The key is missing or wrong. */
  | 'KeyRefused'
  /** The plan does not reach this range, day or endpoint. */
  | 'RangeRefused'
  /** The API does not know this symbol. */
  | 'SymbolUnknown'
  /** Any other refusal of the request itself (4xx), or a configuration no request can be made of. */
  | 'RequestRefused';

const retryableCodes: ReadonlySet<SourceErrorCode> = new Set([
  'RateLimited',
  'SourceUnavailable',
  'WrongShape',
  'WrongDay',
]);

export interface SourceErrorFacts {
  /** HTTP status, where there was an answer. */
  readonly status?: number;
  /** From `Retry-After`, in milliseconds. */
  readonly retryAfterMs?: number;
  /** The raw bytes that were refused, kept for inspection. */
  readonly body?: Uint8Array;
  readonly cause?: unknown;
}

/** An answer that is no data. The message says what we were doing, what we found, what to do next. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly code: SourceErrorCode;
  readonly facts: SourceErrorFacts;

  constructor(code: SourceErrorCode, message: string, facts: SourceErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.facts = facts;
  }

  /** True where the same request may succeed later without anybody's help. */
  get isRetryable(): boolean {
    return retryableCodes.has(this.code);
  }
}
