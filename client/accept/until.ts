import { WrongUse } from '../command/exit-code.ts';
import { isPartitionDate, utcDateOf, type PartitionDate } from '../../workflows/pure/cell.ts';

/**
 * Reads how long an acceptance is to hold; null: for good.
 * @throws WrongUse where neither or both are said, and for a day that is no day or over.
 */
export function untilOf(
  flags: { readonly until?: string; readonly forGood?: boolean },
  now: Date,
): PartitionDate | null {
  if ((flags.until === undefined) === (flags.forGood !== true)) {
    throw new WrongUse('For how long? Write one of: --until YYYY-MM-DD, or --for-good.');
  }
  if (flags.until === undefined) return null;
  const today = utcDateOf(now.getTime());
  if (!isPartitionDate(flags.until))
    throw new WrongUse(`--until ${flags.until}: there is no such date. Write YYYY-MM-DD.`);
  if (flags.until < today)
    throw new WrongUse(
      `--until ${flags.until} is over: today is ${today} in UTC. Write today or a later day.`,
    );
  return flags.until;
}
