import type { Settings } from '../../settings.ts';
import type { PlanSummary } from '../../workflows/pure/run.ts';
import type { Pace } from './pace.ts';

/** What one source is asked, and how long its limit makes that. */
export interface SourceTime {
  readonly source: string;
  readonly requests: number;
  /** Null: nothing holds the requests up. */
  readonly requestsPerMinute: number | null;
  /** From the first request to the last one. */
  readonly seconds: number;
}

/** How long a plan takes, and why. */
export interface TimeNeeded {
  readonly seconds: number;
  readonly sources: readonly SourceTime[];
  /** The source whose limit decides; null where the machine does. */
  readonly heldUpBy: string | null;
}

/** Works out how long a plan takes: sources are asked side by side, and cells go through while others are fetched. */
export function timeNeeded(plan: PlanSummary, settings: Settings, pace: Pace): TimeNeeded {
  const sources = Object.entries(plan.requests).map(([source, requests]) => {
    const requestsPerMinute = limitOf(settings, source);
    const seconds = requestsPerMinute === null ? 0 : ((requests - 1) * 60) / requestsPerMinute;
    return { source, requests, requestsPerMinute, seconds };
  });
  const slowest = sources.reduce<SourceTime | null>(
    (found, one) => (one.seconds > (found?.seconds ?? 0) ? one : found),
    null,
  );
  const allRequests = sources.reduce((total, { requests }) => total + requests, 0);
  const byMonth = plan.byMonth ?? 0;
  const cells = plan.todo + (plan.looks ?? 0);
  const cellsSeconds = (cells - byMonth) / pace.cellsPerSecond + byMonth / pace.cellsPerSecondByMonth;
  // The cells of the last answer come when all the others are done.
  const afterLast = cellsSeconds / Math.max(1, allRequests);
  const heldUpSeconds = slowest === null ? 0 : slowest.seconds + afterLast;
  const isHeldUp = slowest !== null && heldUpSeconds > cellsSeconds;
  return {
    seconds: cells === 0 ? 0 : pace.headSeconds + Math.max(cellsSeconds, heldUpSeconds) + pace.tailSeconds,
    sources,
    heldUpBy: isHeldUp ? slowest.source : null,
  };
}

/** The sample market's own limit is so generous that it never holds a run up. */
function limitOf(settings: Settings, name: string): number | null {
  const source = settings.sources[name];
  const isSample = settings.market === 'sample' && !source?.isBaseUrlGiven;
  return isSample ? null : (source?.requestsPerMinute ?? null);
}
