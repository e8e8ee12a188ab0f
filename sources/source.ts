import type { CellKey, PartitionDate } from '../workflows/pure/cell.ts';
import type { BadLines } from './bad-lines.ts';
import type { Usual } from './usual.ts';

/**
 * What one API is to the rest of the house: it says what to ask, asks one page, reads the answer, and
 * finds a cell's rows in it. One file a source; nothing else knows an API's shapes.
 */
export interface Source {
  /** The source's name in marketlake.yaml and in every path, such as `massive`: lower case letters and digits. */
  readonly name: string;
  /** Where and when it answers, whom, and how often, unless marketlake.yaml says otherwise. */
  readonly usual: Usual;
  /** The resources it offers, by name: `daily_bars` gives dataset `massive.daily_bars`. */
  readonly resources: Readonly<Record<string, Resource>>;
}

/** One kind of answer of a source; with its contract it makes a dataset. */
export interface Resource {
  /** Tells how requests can cover cells: a range of one ticker, or one day of a whole market. */
  readonly coverage: Coverage;
  /**
   * Names the currency or stablecoin that a symbol's prices are counted in, such as `USDT` for `BTCUSDT`; undefined,
   * or left out, where the symbol does not tell.
   */
  currencyOf?(symbol: string): string | undefined;
  /** Builds the first page's request. Holds no secret: it is written into the manifest. */
  firstPage(ask: Ask): PageRequest;
  /**
   * Sends one request and returns the raw answer, unparsed.
   * @throws SourceError for anything that is not a whole answer with status 2xx.
   */
  send(request: PageRequest, access: SourceAccess): Promise<RawAnswer>;
  /**
   * Reads one raw answer whole and finds the next page's request in it.
   * @throws SourceError `WrongShape` where the body is not what the API documents.
   */
  readPage(answer: RawPage, ask: Ask): PageContent;
  /** Finds the rows of one cell in the pages of a batch; none where the answer has none for that day. */
  rowsOfCell(pages: readonly RawPage[], ask: Ask, cell: CellOfAsk): SourceRow[];
  /** Says why a batch has no row for a day, where it can: which lines could not be read. */
  whyNoRow?(pages: readonly RawPage[], ask: Ask, cell: CellOfAsk): string | undefined;
  /** Finds who is in a snapshot. Present where `coverage.isSnapshot` is true, and nowhere else. */
  membersOf?(pages: readonly RawPage[], ask: Ask): Members;
  /**
   * Builds the request that follows all pages so far, where one page alone cannot tell; undefined: that was all. Left
   * out where `readPage` tells, or where one page is everything.
   */
  nextPage?(pages: readonly RawPage[], ask: Ask): PageRequest | undefined;
}

/** What one raw answer holds. */
export interface PageContent {
  readonly rowCount: number;
  readonly next?: PageRequest;
  /** The lines that could not be read, of a source that reads the others all the same; absent: none. */
  readonly badLines?: BadLines;
}

/** Who is in a snapshot, by the source's own ids. */
export interface Members {
  /** In rank order, each once, no more than were asked for. */
  readonly ids: readonly string[];
  /** Those that came more than once, since the ranking moved between two pages: as many others may have slipped through. */
  readonly repeated: readonly string[];
}

/** How one resource's requests cover cells. */
export interface Coverage {
  /** The most calendar days one range request can reach over; `null` where only paging limits it. */
  readonly maxRangeDays: number | null;
  /**
   * True where a range always ends today, so that an older window costs the days up to now
   * (CoinGecko's `days=N`).
   */
  readonly rangeEndsToday: boolean;
  /** The market whose whole day one grouped request brings (`stocks`, `fx`) for a symbol, or null. */
  groupOf(symbol: string): string | null;
  /**
   * True where it tells how things stand now, of whatever it finds: who is in it is known only afterwards, and a day that
   * is over cannot be asked for.
   */
  readonly isSnapshot?: boolean;
  /** The most rows of a snapshot that one request brings; left out: all of them. */
  readonly rowsOnPage?: number;
}

/** What a window asks: a range of one symbol, one day of a whole market, or who leads now. Dates are inclusive. */
export type Ask =
  | {
      readonly kind: 'range';
      readonly symbol: string;
      readonly from: PartitionDate;
      readonly to: PartitionDate;
      /** The UTC day on which it is asked (from an argument, never from a clock in here). */
      readonly today: PartitionDate;
    }
  | { readonly kind: 'grouped'; readonly group: string; readonly date: PartitionDate }
  | SnapshotAsk;

/** The first so many of a ranking, as it stands on the UTC day on which it is asked (an argument, as `today` is). */
export interface SnapshotAsk {
  readonly kind: 'snapshot';
  readonly top: number;
  readonly date: PartitionDate;
}

/** The cell whose rows are wanted, with the source's own name for its asset. */
export interface CellOfAsk extends CellKey {
  readonly symbol: string;
}

/** One HTTP GET (or one local file), without scheme, host or key. */
export interface PageRequest {
  /** Path and query below the configured base URL, such as `/coins/bitcoin/market_chart?days=90`. */
  readonly target: string;
}

/** What is needed to speak to a source; made by the worker from the settings. */
export interface SourceAccess {
  /** Where the API answers, without a trailing slash; for `csv` the folder or file. */
  readonly baseUrl: string;
  readonly apiKey?: string;
  /** Milliseconds after which an unfinished answer is given up. */
  readonly timeoutMs: number;
  /** Bytes after which an answer is refused as too large. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

/** A raw answer as it came. */
export interface RawAnswer {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: Uint8Array;
}

/** A page as it lies in staging. */
export interface RawPage {
  readonly body: Uint8Array;
}

/** One row as the API gave it, in the contract's column names; numbers stay what the API said, null included. */
export type SourceRow = Readonly<Record<string, number | string | null>>;
