import { WrongUse } from '../command/exit-code.ts';
import type { OpenLake } from '../command/lake-client.ts';
import { checkedDate, tickersOf } from '../run/run-request.ts';
import { newestFinalDate } from '../../plan/finality.ts';
import { addDays, type PartitionDate } from '../../workflows/pure/cell.ts';

/** The flags of a status, as typed. */
export interface StatusFlags {
  readonly from?: string;
  readonly to?: string;
  readonly tickers?: string;
  readonly asOf?: string;
}

/** What a status is asked about; dates are inclusive, null means every ticker. */
export interface StatusRange {
  readonly from: PartitionDate;
  readonly to: PartitionDate;
  readonly tickers: readonly string[] | null;
}

const defaultDays = 30;

/**
 * Turns the flags into a range: thirty days that end on the newest one that was final at the instant asked
 * about, unless said otherwise.
 * @throws WrongUse for what cannot be meant.
 */
export async function statusRange(
  flags: StatusFlags,
  lake: OpenLake,
  now: Date,
  instant: Date = now,
): Promise<StatusRange> {
  const finalities = (await lake.planned(instant)).map((asset) => asset.final);
  const to =
    flags.to === undefined ? newestFinalDate(instant, finalities) : checkedDate('--to', flags.to, now);
  const from =
    flags.from === undefined ? addDays(to, 1 - defaultDays) : checkedDate('--from', flags.from, now);
  if (from > to) throw new WrongUse(`--from ${from} lies after --to ${to}: write the earlier date first.`);
  return { from, to, tickers: tickersOf(flags.tickers, lake) };
}
