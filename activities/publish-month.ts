import { boundedMap } from '../lake/bounded-map.ts';
import { publishCandidates } from '../lake/publish-many.ts';
import type { PartitionDate } from '../workflows/pure/cell.ts';
import type { MonthCells } from '../workflows/pure/month.ts';
import type { RunContext } from '../workflows/pure/run.ts';
import { beatOfParts } from './beat.ts';
import type { ActivityDeps } from './deps.ts';
import { publicationFacts } from './publish.ts';
import type { DayCandidate } from './write-month.ts';

/** The candidates of a month's cells that passed their audit. */
export interface MonthPublishTask extends Omit<MonthCells, 'dates'> {
  readonly candidates: readonly DayCandidate[];
  readonly contractVersion: string;
  /** The verdicts' file below the lake's root. */
  readonly audit: string;
}

/** What became of them; a cell that is left lost a race or its candidate. */
export interface MonthPublished {
  readonly published: number;
  readonly left: readonly PartitionDate[];
}

const removedAtOnce = 16;

/**
 * Commits a month's cells, each by itself, with one record file for all. Whatever an attempt that died here had
 * committed is recognised and not done again.
 */
export async function publishMonth(
  deps: ActivityDeps,
  context: RunContext,
  task: MonthPublishTask,
): Promise<MonthPublished> {
  const { dataset, ticker, candidates } = task;
  const audited = candidates.map(({ date, candidate }) => ({ cell: { dataset, ticker, date }, candidate }));
  const ends = await publishCandidates(
    deps.store,
    audited,
    publicationFacts(deps, context, task),
    beatOfParts(),
  );
  for (const end of ends)
    if (!('reason' in end)) {
      const outcome = end.supersedes === undefined ? end.outcome : 'restated';
      deps.observe({ kind: 'cell', run: context.run, cell: end.cell, outcome });
    }
  const left = new Set(ends.flatMap((end) => ('reason' in end ? [end.cell.date] : [])));
  // Their own workflows write candidates of their own.
  await boundedMap(
    candidates.filter(({ date }) => left.has(date)),
    removedAtOnce,
    ({ candidate }) => deps.store.remove(candidate.file),
  );
  return { published: ends.length - left.size, left: [...left] };
}
