import type { Ask } from '../sources/source.ts';
import type { PartitionDate } from '../workflows/pure/cell.ts';
import type { WindowAsk } from '../workflows/pure/run.ts';

/** What a window asks, on the UTC day on which it asks it: some sources count their ranges back from that day. */
export function askedOn(ask: WindowAsk, today: PartitionDate): Ask {
  return ask.kind === 'range' ? { ...ask, today } : ask;
}
