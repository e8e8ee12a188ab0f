import { quotaWaitSentence } from '../../workflows/pure/quota/wait.ts';
import { plannedCount, settledCount, type PlanSummary, type RunProgress } from '../../workflows/pure/run.ts';
import { whoWords } from '../../workflows/pure/run-details.ts';
import { duration } from './plan-lines.ts';

/** Since when cells are counted for the rate: what was done before, and the time of a pause, tell nothing of it. */
export interface Pace {
  readonly doneBefore: number;
  readonly elapsedMs: number;
}

/** Says how far a run has come: cells done of cells to do, rate, time left, and what went wrong so far. */
export function progressLine(plan: PlanSummary, progress: RunProgress, pace: Pace): string {
  if (progress.step === 'model') return 'all cells settled; rebuilding the warehouse';
  const total = plannedCount(plan);
  const done = settledCount(progress.tally);
  const perSecond = (done - pace.doneBefore) / Math.max(0.001, pace.elapsedMs / 1000);
  const left = perSecond > 0 ? `, about ${duration((total - done) / perSecond)} left` : '';
  const { refused, failed } = progress.tally;
  const { paused } = progress.steering;
  const bad = refused + failed > 0 ? `, ${refused} refused, ${failed} failed` : '';
  if (paused)
    return `paused since ${paused.since.slice(0, 16)}Z ${whoWords(paused)}; ${done} of ${total} cells done${bad}`;
  if (progress.quotaWait)
    return `${done} of ${total} cells done${bad}; it ${quotaWaitSentence(progress.quotaWait)}`;
  return `${done} of ${total} cells done, ${perSecond.toFixed(1)} a second${left}${bad}`;
}
