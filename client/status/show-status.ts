import { isColourWanted } from '../../settings.ts';
import type { OpenLake } from '../command/lake-client.ts';
import type { Output } from '../command/output.ts';
import { countOf } from '../../workflows/pure/count-of.ts';
import type { CellStanding } from '../run/cells-of-request.ts';
import { quotaWaitSentence } from '../../workflows/pure/quota/wait.ts';
import type { RunWait } from '../quota/quota-waits.ts';
import type { OpenExecution } from '../run/open-runs.ts';
import { endingLines } from '../run/summary-lines.ts';
import { acceptedLines, countStates, legendLines } from './glyphs.ts';
import { gridLines } from './grid.ts';
import { snapshotLines, type SnapshotStanding } from './snapshots.ts';
import type { StatusRange } from './status-range.ts';

/** The cells of a range as they stand, or stood at an instant. */
export interface SeenStatus {
  /** Undefined means now. */
  readonly instant?: Date;
  readonly range: StatusRange;
  readonly cells: readonly CellStanding[];
  readonly runs: readonly OpenExecution[];
  /** Which of them wait for a quota of the day or month. */
  readonly waits?: readonly RunWait[];
  /** How the snapshots of the range stand; left out where nobody asked. */
  readonly snapshots?: readonly SnapshotStanding[];
  /** How many alerts are open now; left out for a past instant. */
  readonly openAlerts?: number;
  /** Why nobody can say what is running, where nobody can. */
  readonly unknown?: string;
}

/** Shows a status: the grid, what its characters mean, what runs, and what is wrong. */
export function showStatus(output: Output, open: OpenLake, seen: SeenStatus): void {
  const { range, cells, runs, waits = [], unknown, instant, openAlerts = 0, snapshots = [] } = seen;
  const isColoured = output.isInPlace && isColourWanted();
  const counts = countStates(cells);
  output.say(headLine(open, seen));
  output.say();
  for (const line of gridLines(cells, { width: output.width, isColoured })) output.say(line);
  output.say();
  for (const line of [...legendLines(counts, isColoured), ...acceptedLines(cells, isColoured)])
    output.say(line);
  output.say();
  for (const { id, startedAt } of runs)
    output.say(`${id} is running since ${startedAt.toISOString().slice(0, 16)}Z`);
  for (const wait of waits) output.say(`${wait.run} ${quotaWaitSentence(wait)}`);
  if (unknown !== undefined) output.say(`What ${instant ? 'was' : 'is'} running is not known: ${unknown}`);
  for (const line of endLines(seen)) output.say(line);
  for (const line of snapshotLines(snapshots)) output.say(line);
  if (openAlerts > 0) output.say(`${countOf(openAlerts, 'alert')} open: npx tsx client/alerts.ts`);
  output.json({
    lake: open.lake.id,
    asOf: instant?.toISOString() ?? null,
    from: range.from,
    to: range.to,
    counts,
    isRunningKnown: unknown === undefined,
    runs: runs.map(({ id }) => id),
    waits,
    openAlerts,
    ...(snapshots.length > 0 ? { snapshots } : {}),
    cells,
  });
}

function headLine(open: OpenLake, { range, instant }: SeenStatus): string {
  const isSample = open.lake.market === 'sample';
  const asOf = instant ? ` as of ${instant.toISOString()}` : '';
  const synthetic = isSample ? '  (synthetic prices of the sample market)' : '';
  return `${open.lake.id}${asOf}: ${range.from} … ${range.to}${synthetic}`;
}

/** What went wrong in the past may be mended by now: the reasons are said, not what to do. */
function endLines({ cells, instant }: SeenStatus): string[] {
  const lines = endingLines(
    cells.filter(({ state }) => state !== 'running'),
    instant !== undefined,
  );
  return instant ? lines.filter((line) => !line.startsWith('  mend it with')) : lines;
}
