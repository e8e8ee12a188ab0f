import type { SourceRow } from './source.ts';

/** One coin as an answer lists it, before it has a place in a snapshot. */
export interface ListedCoin {
  /** The source's own id of it. */
  readonly id: string;
  /** The instant its numbers are from; null where nothing says so. */
  readonly stampMs: number | null;
  /** The contract's columns but `rank`, which is the place in the snapshot. */
  readonly row: SourceRow;
}
