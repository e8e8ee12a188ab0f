import { statfs } from 'node:fs/promises';
import { dueCells, type PlannedAsset } from '../../plan/due-cells.ts';
import { memoryFor } from '../../plan/memory.ts';
import { makePlan } from '../../plan/plan.ts';
import { utcDateOf, type DatasetId } from '../../workflows/pure/cell.ts';
import type { PlanSummary, RunRequest, WindowTask } from '../../workflows/pure/run.ts';
import type { OpenLake } from '../command/lake-client.ts';
import { runOptions } from '../run/start-run.ts';
import { actionsOf, type ActionEstimate } from './actions.ts';
import { fatesByAsset, type AssetFates } from './fates.ts';
import { paceOf, type Pace } from './pace.ts';
import { timeNeeded, type TimeNeeded } from './time-needed.ts';

/** What a published cell takes on disk: its file, record, verdict and folders, in blocks of 4 KiB. */
export const bytesPerCell = 36_864;

/** What a run would do, found without recording or starting anything. */
export interface DryRun {
  readonly summary: PlanSummary;
  readonly assets: readonly AssetFates[];
  readonly windows: number;
  readonly time: TimeNeeded;
  readonly pace: Pace;
  readonly actions: ActionEstimate;
  /** Datasets of fallbacks: asked beyond these counts for the days whose own source fails; none where that is not wanted. */
  readonly fallbacks: readonly DatasetId[];
  readonly diskBytes: number;
  readonly freeBytes: number;
}

/**
 * Plans a request as a run would, and says what it would take. Reads the records only: no server is asked.
 * @throws PlanError where a date lies beyond what a source can give.
 */
export async function dryRun(open: OpenLake, request: RunRequest, now: Date): Promise<DryRun> {
  const assets = await open.planned(now);
  const cells = dueCells(request, assets, await memoryFor(open.index, request, assets, now), now);
  const plan = makePlan(request, cells, utcDateOf(now.getTime()));
  const pace = await paceOf(open.index);
  // Our search attributes are there on every server that we prepare.
  const options = runOptions(open.settings, true);
  return {
    summary: plan.summary,
    assets: fatesByAsset(cells),
    windows: plan.windows.length,
    time: timeNeeded(plan.summary, open.settings, pace),
    pace,
    actions: actionsOf(plan, options),
    fallbacks: options.isFallbackWanted ? fallbacksAmong(plan.windows, assets) : [],
    diskBytes: plan.summary.todo * bytesPerCell,
    freeBytes: await freeBytes(open.settings.lakeFolder),
  };
}

/** What is planned may fail; the datasets that would be asked then. */
function fallbacksAmong(windows: readonly WindowTask[], assets: readonly PlannedAsset[]): DatasetId[] {
  const planned = new Set(windows.flatMap((window) => window.assets.map(({ ticker }) => ticker)));
  const several = assets.filter(({ ticker }) => planned.has(ticker));
  return [...new Set(several.flatMap(({ fallbacks = [] }) => fallbacks.map(({ dataset }) => dataset)))];
}

/** The room that is left on the disk of a folder. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
