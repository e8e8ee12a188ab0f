import { boundedMap } from '../lake/bounded-map.ts';
import { publishCandidates } from '../lake/publish-many.ts';
import { cellOfMany, type ManyKey, type OwnKey } from '../workflows/pure/many.ts';
import type { RunContext } from '../workflows/pure/run.ts';
import { beatOfParts } from './beat.ts';
import type { ActivityDeps } from './deps.ts';
import { publicationFacts } from './publish.ts';
import type { OwnCandidate } from './write-many.ts';

/** The candidates of a month's or a lot's cells that passed their audit. */
export type ManyPublishTask = ManyKey & {
  readonly candidates: readonly OwnCandidate[];
  readonly contractVersion: string;
  /** The verdicts' file below the lake's root. */
  readonly audit: string;
};

/** What became of them; a cell that is left lost a race or its candidate. */
export interface ManyPublished {
  readonly published: number;
  readonly left: readonly OwnKey[];
}

const removedAtOnce = 16;

/**
 * Commits many cells, each by itself, with one record file for all. Whatever an attempt that died here had
 * committed is recognised and not done again.
 */
export async function publishMany(
  deps: ActivityDeps,
  context: RunContext,
  task: ManyPublishTask,
): Promise<ManyPublished> {
  const audited = task.candidates.map(({ own, symbol, candidate }) => ({
    own,
    cell: cellOfMany(task, own),
    symbol,
    candidate,
  }));
  const facts = publicationFacts(deps, context, task);
  const ends = await publishCandidates(deps.store, audited, facts, beatOfParts());
  for (const end of ends)
    if (!('reason' in end)) {
      const outcome = end.supersedes === undefined ? end.outcome : 'restated';
      deps.observe({ kind: 'cell', run: context.run, cell: end.cell, outcome });
    }
  const isLeft = new Set(ends.flatMap((end) => ('reason' in end ? [end.cell] : [])));
  const left = audited.filter(({ cell }) => isLeft.has(cell));
  // Their own workflows write candidates of their own.
  await boundedMap(left, removedAtOnce, ({ candidate }) => deps.store.remove(candidate.file));
  return { published: ends.length - left.length, left: left.map(({ own }) => own) };
}
