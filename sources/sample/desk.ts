import type { FaultKind, FaultOf } from './faults.ts';
import type { PriceBook } from './price-book.ts';
import type { Tape } from './tape.ts';

/** When, under which id and on which plan a request is answered; some APIs tell the id. */
export interface Occasion {
  readonly now: Date;
  readonly requestId: string;
  /** The plan whose host this API plays, for one that has hosts of several, such as `pro`; left out: the free one. */
  readonly plan?: string | undefined;
}

/** What an API does with a range that begins before its history: answers the rest and says nothing, or refuses. */
export type PartlyTooOld = 'clip' | 'refuse';

/** The faults that only an endpoint can commit, since only it knows whether they fit. */
export type EndpointFaultKind = Extract<FaultKind, 'clip' | 'reshuffle'>;

/** What an endpoint needs to answer one request. */
export interface Desk extends Occasion {
  readonly book: PriceBook;
  /** What this API tells this request of the book. */
  readonly tape: Tape;
  /** How many days back this API answers; null: without limit. */
  readonly historyDays: number | null;
  /** For an API that does either. */
  readonly partlyTooOld: PartlyTooOld;
  /** The most rows on a page, whatever the request wants; null: as many as it wants. */
  readonly pageSize: number | null;
  /** What every address that an answer tells begins with: this API's own base URL, or a lie. */
  readonly toldBaseUrl: string;
  /** Takes an ordered fault that befalls this answer; ask only where it fits, since it then has happened. */
  take<Kind extends EndpointFaultKind>(kind: Kind): FaultOf<Kind> | undefined;
}
