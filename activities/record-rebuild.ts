import { runRecordsFolder } from '../lake/layout.ts';
import { appendOnce, recordNumbers } from '../lake/records.ts';
import type { RebuildDifference } from '../warehouse/diff/before-swap.ts';
import type { RunContext } from '../workflows/pure/run.ts';
import { currentAttempt } from './attempt.ts';
import type { ActivityDeps } from './deps.ts';

/**
 * Records in its run what a rebuild is about to change. A cell that runs alone may belong to a run without
 * records: one there would show as a run that never ends.
 */
export async function recordRebuild(
  deps: Pick<ActivityDeps, 'lake' | 'store' | 'now'>,
  context: RunContext,
  { words, closes, models }: RebuildDifference,
): Promise<void> {
  const folder = runRecordsFolder(context.run);
  if ((await recordNumbers(deps.store, folder)).length === 0) return;
  await appendOnce(deps.store, folder, {
    event: 'rebuilt',
    recordedAt: deps.now().toISOString(),
    run: context.run,
    workflowRunId: currentAttempt(deps.lake.id).workflowRunId,
    difference: words,
    closes,
    models,
  });
}
