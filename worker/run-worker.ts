import type { NativeConnection } from '@temporalio/worker';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { createActivities } from '../activities/index.ts';
import type { ActivityDeps } from '../activities/deps.ts';
import type { Settings } from '../settings.ts';
import { mainQueue, sourceQueue } from '../workflows/pure/ids.ts';
import { unwatched, type Watched } from './open-telemetry.ts';
import { workflowBundle } from './workflow-bundle.ts';

const shutdownGraceTime = '15 seconds';

/** How the worker for workflows behaves; the bench measures the engine alone with the same. */
export const workflowWorkerOptions = {
  /** With more workflows in memory than this, the oldest are replayed when they go on. */
  maxCachedWorkflows: 300,
  /** How long the server keeps work for a worker that may be dead before it gives it to another. */
  stickyQueueScheduleToStartTimeout: '1 second',
} as const;

const sampleRequestsPerMinute = 6_000;

/** A worker that runs until it is told to stop. */
export interface RunningWorker {
  /** Resolves when it has ended; rejects where it failed. */
  readonly ended: Promise<void>;
  stop(): void;
}

/**
 * Starts one worker for workflows and disk steps, and one for each source, whose queue lets through no more
 * requests than the source's plan allows, over all workers.
 */
export async function runWorker(
  settings: Settings,
  deps: ActivityDeps,
  connection: NativeConnection,
  namespace: string,
  watched: Watched = unwatched,
): Promise<RunningWorker> {
  const activities = createActivities(deps);
  const common: Pick<
    WorkerOptions,
    'connection' | 'namespace' | 'activities' | 'shutdownGraceTime' | 'interceptors' | 'sinks'
  > = {
    connection,
    namespace,
    activities,
    shutdownGraceTime,
    interceptors: watched.interceptors,
    sinks: watched.sinks,
  };
  const main = await Worker.create({
    ...common,
    taskQueue: mainQueue(deps.lake.id),
    workflowBundle: await workflowBundle(settings.cacheFolder, watched.workflowModules),
    ...workflowWorkerOptions,
  });
  const fetchers = await Promise.all(
    usedSources(settings).map((source) =>
      Worker.create({
        ...common,
        taskQueue: sourceQueue(deps.lake.id, source),
        ...requestLimit(settings, source),
      }),
    ),
  );
  const workers = [main, ...fetchers];
  const ended = Promise.all(workers.map((worker) => worker.run())).then(() => undefined);
  return { ended, stop: () => workers.forEach(stopOnce) };
}

function usedSources(settings: Settings): string[] {
  const names = settings.assets.flatMap(({ sources }) =>
    sources.map(({ dataset }) => dataset.split('.')[0] ?? ''),
  );
  return [...new Set(names)];
}

/** The sample market sets its own, generous limit. */
function requestLimit(
  settings: Settings,
  source: string,
): Pick<WorkerOptions, 'maxTaskQueueActivitiesPerSecond'> {
  const configured = settings.sources[source];
  const isSample = settings.market === 'sample' && !configured?.isLocal && !configured?.isBaseUrlGiven;
  const perMinute = isSample ? sampleRequestsPerMinute : (configured?.requestsPerMinute ?? null);
  return perMinute === null ? {} : { maxTaskQueueActivitiesPerSecond: perMinute / 60 };
}

function stopOnce(worker: Worker): void {
  if (worker.getState() === 'RUNNING') worker.shutdown();
}
