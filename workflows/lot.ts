import type { Tally } from './pure/run.ts';
import { bringTogether, type ManyInput } from './together.ts';

/** Brings a lot of a snapshot's members into bronze; those that cannot go on become partitions of their own. */
export async function lot(input: ManyInput): Promise<Tally> {
  return bringTogether(input);
}
