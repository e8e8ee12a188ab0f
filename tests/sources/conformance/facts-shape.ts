import type { Bar } from '../../../sources/sample/bar.ts';
import type { ListedKind } from '../../../sources/sample/catalogue.ts';
import type { SourceErrorCode } from '../../../sources/source-error.ts';

/** What an API truly does not have, and why. Where that can be checked, the suite checks it. */
export interface Lacks {
  readonly lacks: string;
}

/** What comes of asking: rows, an answer without any, or a refusal. */
export type Outcome = 'rows' | 'no rows' | SourceErrorCode;

/** The few facts about one API that the suite cannot know by itself. */
export interface ApiFacts {
  /** What a key becomes that is missing or wrong. */
  readonly badKey: 'KeyRefused' | Lacks;
  /** What the refusal of a plan, or of a place, becomes. */
  readonly planRefusal: SourceErrorCode | Lacks;
  /** By the name of the resource. */
  readonly resources: Readonly<Record<string, ResourceFacts>>;
}

/** The facts about one resource. */
export type ResourceFacts = RangeFacts | SnapshotFacts | EventFacts;

/** An asset by its name in the book of the sample market. */
export interface BookAsset {
  readonly kind: ListedKind;
  readonly symbol: string;
}

/** Facts about a resource that is asked for ranges of one symbol. */
export interface RangeFacts {
  readonly kind: 'range';
  /** A symbol that the API knows. */
  readonly symbol: string;
  /** What that is in the book. */
  readonly asset: BookAsset;
  /** One that it does not know, of the same form, and what becomes of it. */
  readonly unknown: { readonly symbol: string; readonly outcome: Outcome };
  /** Whether an answer may come in pages. */
  readonly pages: 'further pages' | Lacks;
  /** What becomes of a weekend. */
  readonly closedDay: Outcome | Lacks;
  /** Days of the last year on which it alone is closed; left out: none. */
  readonly ownHolidays?: readonly string[];
  /** What becomes of a range without a single row, though its days were open. */
  readonly emptyRange: Outcome;
  /** What becomes of a range that the plan's history does not reach. */
  readonly tooOld: SourceErrorCode | Lacks;
  /** The largest part of itself by which a number may be off from the book's. */
  readonly deviation: number;
  /** What the row of a day must hold, in the contract's units; the first column is a price. */
  rowOf(bar: Bar): Readonly<Record<string, number>>;
}

/** Facts about a resource that is a snapshot of a ranking. */
export interface SnapshotFacts {
  readonly kind: 'snapshot';
  /** How many are asked for; where there are pages, as many as some whole ones hold, so that none may be wasted. At most 500. */
  readonly top: number;
  readonly pages: 'further pages' | Lacks;
  /** The source's own id of some member. */
  readonly member: string;
  /** What that is in the book. */
  readonly asset: BookAsset;
  readonly deviation: number;
  /** What the member's row must hold, by its last 24 hours; the first column is a price. */
  rowOf(lastDay: Bar): Readonly<Record<string, number>>;
}

/** Facts about a resource that is a snapshot without a ranking: what is told of a whole market, since some day. */
export interface EventFacts {
  readonly kind: 'events';
  /** Since which day it is asked, so that there are some. */
  readonly since: string;
  /** The one member that all rows belong to. */
  readonly member: string;
}

/** Tells whether a fact is that there is none. */
export function isLacking(fact: unknown): fact is Lacks {
  return typeof fact === 'object' && fact !== null && 'lacks' in fact;
}
