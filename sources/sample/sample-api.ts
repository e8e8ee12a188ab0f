import type { Answer, Json, Question, SpellNumber } from './answer.ts';
import type { Desk, Occasion } from './desk.ts';
import type { BodyFaultKind, NotAuthorizedReason } from './faults.ts';

/**
 * One API as the sample market plays it. Everything that is peculiar to an API stands behind this interface,
 * in files that begin with the API's name. Of the market's other files only the registry, `apis.ts`, names one.
 */
export interface SampleApi {
  /** How many days back it answers unless the market is started otherwise; null: without limit. */
  readonly historyDays: number | null;
  /**
   * The largest part of itself by which its prices differ from the book's, such as 0.0005: one asset has one
   * price in the book and another, a little off, at each place that quotes it. Default 0.
   */
  readonly deviation?: number;
  /** Tells whether its own 429 carries a Retry-After; default false. */
  readonly saysRetryAfter?: boolean;
  /** Answers a GET below its folder; the key was checked, and the limit. */
  answer(question: Question, desk: Desk): Answer;
  /** Refuses a request whose key is not the expected one; left out: any key passes, and none. */
  refuseKey?(question: Question, expected: string, occasion: Occasion): Answer | undefined;
  /** Answers a status (429, 500, 503 and others) with the body it documents for it. */
  errorAnswer(status: number, occasion: Occasion): Answer;
  /** Says that it was asked too often; left out: by its 429. */
  limitAnswer?(occasion: Occasion): Answer;
  /** Says that a plan, or a place, may not have this; left out: a `not-authorized` fault never befalls it. */
  notAuthorized?(reason: NotAuthorizedReason, occasion: Occasion): Answer;
  /** Spoils the body of a good answer; gives nothing where the fault does not fit it. Left out: none fits. */
  spoilBody?(kind: BodyFaultKind, body: Json): Json | undefined;
  /** Says with 200 what no reader of this API can read; default: a message of the house under `data`. */
  wrongShape?(): Answer;
  /** Default JSON.stringify. */
  readonly spellNumber?: SpellNumber;
}
