import type { QuotaWait } from '../../workflows/pure/quota/wait.ts';
import { NobodyAnswers } from '../command/exit-code.ts';
import type { ConnectedLake } from '../command/lake-client.ts';
import { meteredOf, quotaLeft } from './quota-left.ts';

/** A run of this lake that waits for a quota of the day or month. */
export interface RunWait extends QuotaWait {
  readonly run: string;
}

/** Lists the runs of a lake that wait for tomorrow or next month, each with the wait that ends first. */
export async function quotaWaits(lake: ConnectedLake): Promise<RunWait[]> {
  const found = await Promise.all(meteredOf(lake).map((source) => waitsFor(lake, source)));
  const first = new Map<string, RunWait>();
  for (const wait of found.flat().sort((one, other) => (one.until < other.until ? -1 : 1)))
    if (!first.has(wait.run)) first.set(wait.run, wait);
  return [...first.values()];
}

async function waitsFor(lake: ConnectedLake, source: string): Promise<RunWait[]> {
  try {
    const left = await quotaLeft(lake, source);
    const own = left?.waiting.filter(({ lake: id }) => id === lake.lake.id) ?? [];
    const long = own.filter(({ reason }) => reason === 'day' || reason === 'month');
    return long.map(({ run, reason, until }) => ({ run, source, reason, until }));
  } catch (error) {
    // A status that is asked for while no worker is up shows what the records know.
    if (error instanceof NobodyAnswers) return [];
    throw error;
  }
}
