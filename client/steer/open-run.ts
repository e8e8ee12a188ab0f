import { WrongUse } from '../command/exit-code.ts';
import type { ConnectedLake } from '../command/lake-client.ts';
import { openRuns } from '../run/open-runs.ts';
import { withoutLake } from '../../workflows/pure/ids.ts';

/**
 * Finds the run that a person means: the one named, or the one that is open.
 * @throws WrongUse where it is not open, or where none or several are and none was named.
 */
export async function openRun(lake: ConnectedLake, word: string | undefined): Promise<string> {
  const open = (await openRuns(lake)).map(({ id }) => id);
  const known = open.length === 0 ? 'No run is open.' : `Open: ${open.join(', ')}.`;
  if (word === undefined) {
    const [only, ...others] = open;
    if (only !== undefined && others.length === 0) return only;
    throw new WrongUse(open.length === 0 ? `${known} Start one first.` : `Say which run. ${known}`);
  }
  const run = withoutLake(lake.lake.id, word);
  if (open.includes(run)) return run;
  throw new WrongUse(`There is no open run "${run}" in this lake. ${known}`);
}
