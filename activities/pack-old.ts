import { Context } from '@temporalio/activity';
import { packOldFiles, type RetentionReport } from '../lake/archive/retain.ts';
import type { RunContext } from '../workflows/pure/run.ts';
import type { ActivityDeps } from './deps.ts';

/** What was packed away at a run's end. */
export interface PackedOld {
  readonly archives: number;
  readonly removed: number;
  /** Files and archives that a person should look at. */
  readonly left: number;
}

/**
 * Packs raw answers and replaced files that are old into monthly archives. Another attempt goes on where this one
 * ended.
 */
export async function packOld(
  deps: Pick<ActivityDeps, 'store' | 'now' | 'observe'>,
  { run }: RunContext,
  olderThanDays: number,
): Promise<PackedOld> {
  const { cancellationSignal: signal } = Context.current();
  try {
    const report = await packOldFiles(deps.store, { olderThanDays, now: deps.now(), signal });
    const counts = { archives: report.archives.length, removed: report.removed };
    const reason = report.left[0] && `${report.left[0].path}: ${report.left[0].reason}`;
    deps.observe({
      kind: 'retention',
      run,
      outcome: outcomeOf(report),
      ...counts,
      ...(reason ? { reason } : {}),
    });
    return { ...counts, left: report.left.length };
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    deps.observe({ kind: 'retention', run, outcome: 'failed', archives: 0, removed: 0, reason });
    throw error;
  }
}

function outcomeOf({ left, archives, removed }: RetentionReport): 'left' | 'packed' | 'idle' {
  if (left.length > 0) return 'left';
  return archives.length + removed > 0 ? 'packed' : 'idle';
}
