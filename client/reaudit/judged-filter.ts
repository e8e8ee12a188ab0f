import { WrongUse } from '../command/exit-code.ts';
import type { OpenLake } from '../command/lake-client.ts';
import { checkedDate, tickersOf } from '../run/run-request.ts';
import type { JudgedFilter } from '../../plan/judged-again.ts';
import { utcDateOf } from '../../workflows/pure/cell.ts';

/** The flags that name judged cells, as typed. */
export interface JudgedFlags {
  readonly tickers?: string;
  readonly from?: string;
  readonly to?: string;
}

/**
 * Turns flags into a filter of judged cells; left out means all.
 * @throws WrongUse for what cannot be meant.
 */
export function judgedFilter(flags: JudgedFlags, open: OpenLake, now: Date): JudgedFilter {
  const tickers = tickersOf(flags.tickers, open);
  if (flags.from === undefined && flags.to === undefined) return { tickers, range: null };
  const from = flags.from === undefined ? '0001-01-01' : checkedDate('--from', flags.from, now);
  const to = flags.to === undefined ? utcDateOf(now.getTime()) : checkedDate('--to', flags.to, now);
  if (from > to) throw new WrongUse(`--from ${from} lies after --to ${to}: write the earlier date first.`);
  return { tickers, range: { from, to } };
}
