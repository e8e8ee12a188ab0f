import { checkedInstant } from '../as-of/instant.ts';
import { openAsOf } from '../../warehouse/as-of/as-of.ts';
import type { OpenLake } from '../command/lake-client.ts';
import type { SeenStatus } from './show-status.ts';
import { snapshotsOf } from './snapshots.ts';
import { standingsOf } from './standings.ts';
import { statusRange, type StatusFlags } from './status-range.ts';

/**
 * Reads from the records how the cells of a range stood at an instant: what was waiting, failed or missing
 * then is so here. What was running is in no record.
 * @throws AsOfError where nothing was known yet, WrongUse for what is no instant.
 */
export async function pastStatus(
  flags: StatusFlags & { readonly asOf: string },
  open: OpenLake,
  now: Date,
): Promise<SeenStatus> {
  const instant = checkedInstant('--as-of', flags.asOf, now);
  const range = await statusRange(flags, open, now, instant);
  const known = await openAsOf(open, instant);
  try {
    const cells = await standingsOf({ ...open, index: known.index }, range, instant);
    const snapshots = range.tickers === null ? await snapshotsOf({ ...open, index: known.index }, range) : [];
    return { instant, range, cells, snapshots, runs: [], unknown: 'it is in no record' };
  } finally {
    await known.remove();
  }
}
