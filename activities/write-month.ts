import { boundedMap } from '../lake/bounded-map.ts';
import type { Candidate } from '../lake/publish.ts';
import type { PartitionDate } from '../workflows/pure/cell.ts';
import type { MonthCells } from '../workflows/pure/month.ts';
import { currentAttempt } from './attempt.ts';
import { beatOfParts } from './beat.ts';
import type { ActivityDeps } from './deps.ts';
import { NoDataError } from './no-data-error.ts';
import { writeCell } from './write-tmp.ts';

/** The candidate of one day. */
export interface DayCandidate {
  readonly date: PartitionDate;
  readonly candidate: Candidate;
}

/** What became of a month's cells; those left cannot go on together with the others. */
export interface MonthWritten {
  readonly candidates: readonly DayCandidate[];
  readonly left: readonly PartitionDate[];
}

/** While one encodes, the others wait for the disk. */
const cellsAtOnce = 8;

/**
 * Writes the candidates of a month's cells. What an attempt that died here has left is removed and written again:
 * nobody was told of it, and the same batch gives the same bytes.
 */
export async function writeMonth(deps: ActivityDeps, cells: MonthCells): Promise<MonthWritten> {
  const attempt = currentAttempt(deps.lake.id);
  const beat = beatOfParts();
  const written = await boundedMap(cells.dates, cellsAtOnce, async (date) => {
    const candidate = await candidateOf(() => writeCell(deps, { ...cells, date }, attempt, cells.batch.id));
    beat();
    return { date, candidate };
  });
  return {
    candidates: written.flatMap(({ date, candidate }) => (candidate ? [{ date, candidate }] : [])),
    left: written.filter(({ candidate }) => !candidate).map(({ date }) => date),
  };
}

/** A day without data is that day's trouble alone, and its own workflow says so. */
async function candidateOf(write: () => ReturnType<typeof writeCell>): Promise<Candidate | undefined> {
  try {
    const written = await write();
    return written.outcome === 'written' ? written.candidate : undefined;
  } catch (error) {
    if (error instanceof NoDataError) return undefined;
    throw error;
  }
}
