import { quotaWaitSentence } from '../../workflows/pure/quota/wait.ts';
import { settledCount, type PlanSummary, type RunProgress } from '../../workflows/pure/run.ts';
import { duration } from './plan-lines.ts';

/** Says how far a run has come: cells done of cells to do, rate, time left, and what went wrong so far. */
export function progressLine(plan: PlanSummary, progress: RunProgress, elapsedMs: number): string {
  if (progress.step === 'model') return 'all cells settled; rebuilding the warehouse';
  const total = plan.todo + plan.waiting;
  const done = settledCount(progress.tally);
  const perSecond = done / Math.max(0.001, elapsedMs / 1000);
  const left = done > 0 ? `, about ${duration((total - done) / perSecond)} left` : '';
  const { refused, failed } = progress.tally;
  const bad = refused + failed > 0 ? `, ${refused} refused, ${failed} failed` : '';
  if (progress.quotaWait)
    return `${done} of ${total} cells done${bad}; it ${quotaWaitSentence(progress.quotaWait)}`;
  return `${done} of ${total} cells done, ${perSecond.toFixed(1)} a second${left}${bad}`;
}
