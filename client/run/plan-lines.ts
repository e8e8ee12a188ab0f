import type { Settings } from '../../settings.ts';
import type { PlanSummary } from '../../workflows/pure/run.ts';
import { countOf } from '../../workflows/pure/count-of.ts';
import { bytesPerCell } from '../plan/dry-run.ts';
import { defaultPace, type Pace } from '../plan/pace.ts';
import { timeNeeded } from '../plan/time-needed.ts';

/** Says what a run sets out to do: cells by fate, requests by source, about how long, and disk space. */
export function planLines(
  plan: PlanSummary,
  settings: Settings,
  freeBytes: number,
  pace: Pace = defaultPace,
): string[] {
  const cells = plan.todo + (plan.looks ?? 0);
  if (cells === 0) return [fatesLine(plan)];
  const requests = Object.entries(plan.requests).map(
    ([source, count]) => `${countOf(count, 'request')} to ${source}`,
  );
  const { seconds } = timeNeeded(plan, settings, pace);
  return [
    fatesLine(plan),
    ...(plan.ofSnapshots === undefined
      ? []
      : [`  up to ${plan.ofSnapshots} of them of a snapshot, whose members are known once it is taken`]),
    `  ${requests.join(', ') || 'no request'}`,
    `  about ${duration(seconds)}, and ${megabytes(cells * bytesPerCell)} of the disk's ${megabytes(freeBytes)} free`,
  ];
}

/** `Plan 2026-08-22 … 2026-11-19: 630 cells due: 160 closed, 0 published, 470 to do`. */
export function fatesLine(plan: PlanSummary): string {
  const fates = [
    `${plan.closed} closed`,
    `${plan.published} published`,
    ...(plan.skipped > 0 ? [`${plan.skipped} skipped`] : []),
    ...(plan.waiting > 0 ? [`${plan.waiting} not final yet`] : []),
    `${plan.todo} to do`,
    ...(plan.looks === undefined ? [] : [`${plan.looks} looked at again`]),
    ...(plan.fallbacks === undefined ? [] : [`${plan.fallbacks} from a fallback`]),
  ];
  return `Plan ${plan.from} … ${plan.to}: ${countOf(plan.due, 'cell')} due: ${fates.join(', ')}`;
}

/** `45 s`, `3 min`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `17 MB`, `73.3 GB`. */
export function megabytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.max(1, Math.round(bytes / 1e6))} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
