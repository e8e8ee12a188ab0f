import type { Settings } from '../../settings.ts';
import type { SourceSettings } from '../../sources/source-settings.ts';
import type { PlanSummary } from '../../workflows/pure/run.ts';
import { countOf } from '../command/table.ts';

/** Measured on two cores with the development server; only for the estimate that opens a run. */
const cellsPerSecond = 25;
const cellsPerSecondByMonth = 120;
/** What a published cell takes on disk: its file, record, verdict and folders, in blocks of 4 KiB. */
const bytesPerCell = 36_864;

/** Says what a run sets out to do: cells by fate, requests by source, about how long, and disk space. */
export function planLines(plan: PlanSummary, settings: Settings, freeBytes: number): string[] {
  const fates = [
    `${plan.closed} closed`,
    `${plan.published} published`,
    ...(plan.skipped > 0 ? [`${plan.skipped} skipped`] : []),
    ...(plan.waiting > 0 ? [`${plan.waiting} not final yet`] : []),
    `${plan.todo} to do`,
  ];
  const head = `Plan ${plan.from} … ${plan.to}: ${countOf(plan.due, 'cell')} due: ${fates.join(', ')}`;
  if (plan.todo === 0) return [head];
  const requests = Object.entries(plan.requests).map(
    ([source, count]) => `${countOf(count, 'request')} to ${source}`,
  );
  const seconds = estimateSeconds(plan, settings);
  return [
    head,
    `  ${requests.join(', ') || 'no request'}`,
    `  about ${duration(seconds)}, and ${megabytes(plan.todo * bytesPerCell)} of the disk's ${megabytes(freeBytes)} free`,
  ];
}

function estimateSeconds(plan: PlanSummary, settings: Settings): number {
  const waits = Object.entries(plan.requests).map(([source, count]) =>
    waitSeconds(settings.sources[source], settings, count),
  );
  const byMonth = plan.byMonth ?? 0;
  const work = (plan.todo - byMonth) / cellsPerSecond + byMonth / cellsPerSecondByMonth;
  return Math.max(work, ...waits) + 2;
}

function waitSeconds(source: SourceSettings | undefined, settings: Settings, requests: number): number {
  const isSample = settings.market === 'sample' && !source?.isBaseUrlGiven;
  const perMinute = isSample ? null : (source?.requestsPerMinute ?? null);
  return perMinute === null ? 0 : ((requests - 1) * 60) / perMinute;
}

/** `45 s`, `3 min`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function megabytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.max(1, Math.round(bytes / 1e6))} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
