import { runRecordsFolder } from '../lake/layout.ts';
import { appendOnce } from '../lake/records.ts';
import type { RunContext } from '../workflows/pure/run.ts';
import type { SteerKind } from '../workflows/pure/steering.ts';
import { currentAttempt } from './attempt.ts';
import type { ActivityDeps } from './deps.ts';

/** An act by which a person steered a run. */
export interface ActNote {
  readonly kind: SteerKind;
  /** Which act of the run it is, from 1: the same one is recorded once, an equal one later again. */
  readonly number: number;
  readonly by: string;
  readonly reason: string | null;
  readonly words: string;
  /** What the act named: tickers, dates, a number of cells, or the plan of an addition. */
  readonly facts: Readonly<Record<string, unknown>>;
}

const eventOf = {
  pause: 'paused',
  resume: 'resumed',
  concurrency: 'concurrency',
  add: 'added',
  drop: 'dropped',
  skip: 'skipped',
} as const satisfies Record<SteerKind, string>;

/** Records in a run how it was steered. */
export async function recordAct(deps: ActivityDeps, context: RunContext, act: ActNote): Promise<void> {
  const { kind, number, by, words, facts } = act;
  const { workflowRunId } = currentAttempt(deps.lake.id);
  await appendOnce(deps.store, runRecordsFolder(context.run), {
    ...facts,
    event: eventOf[kind],
    act: number,
    recordedAt: deps.now().toISOString(),
    run: context.run,
    workflowRunId,
    by,
    reason: words,
  });
}
