import type { Tally } from './pure/run.ts';
import { bringTogether, type ManyInput } from './together.ts';

/** Brings a ticker's month into bronze; those of its cells that cannot go on become partitions of their own. */
export async function month(input: ManyInput): Promise<Tally> {
  return bringTogether(input);
}
