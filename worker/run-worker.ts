import type { NativeConnection } from '@temporalio/worker';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { createActivities } from '../activities/index.ts';
import type { ActivityDeps } from '../activities/deps.ts';
import type { Settings } from '../settings.ts';
import { isMetered } from '../sources/quota.ts';
import { mainQueue, quotaQueue, sourceQueue } from '../workflows/pure/ids.ts';
import { deploymentOptions } from './deployment.ts';
import { unwatched, type Watched } from './open-telemetry.ts';
import { workflowBundle } from './workflow-bundle.ts';

const shutdownGraceTime = '15 seconds';

/**
 * Beats reach the server at least so often. The SDK would hold them back for four fifths of a heartbeat timeout, and
 * one that then came late by a fifth would have a living step taken for dead.
 */
const maxHeartbeatThrottleInterval = '1 second';

/** How the worker for workflows behaves; the bench measures the engine alone with the same. */
export const workflowWorkerOptions = {
  /** With more workflows in memory than this, the oldest are replayed when they go on. */
  maxCachedWorkflows: 300,
  /** How long the server keeps work for a worker that may be dead before it gives it to another. */
  stickyQueueScheduleToStartTimeout: '1 second',
} as const;

const sampleRequestsPerMinute = 6_000;

/**
 * A ledger's workflow is one for each key: few, small, and asked often. It is of no build of a deployment, since it
 * serves every lake and version and never ends.
 */
const ledgerOptions = {
  taskQueue: quotaQueue,
  maxCachedWorkflows: 10,
  stickyQueueScheduleToStartTimeout: workflowWorkerOptions.stickyQueueScheduleToStartTimeout,
} as const;

/** A worker that runs until it is told to stop. */
export interface RunningWorker {
  /** Resolves when it has ended; rejects where it failed. */
  readonly ended: Promise<void>;
  stop(): void;
}

/**
 * Starts one worker for workflows and disk steps, and one for each source. The ledger of a source's key paces its
 * requests, and on a server whose queues are exact the queue does too. A worker that spends keys serves ledgers.
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
    | 'connection'
    | 'namespace'
    | 'activities'
    | 'shutdownGraceTime'
    | 'maxHeartbeatThrottleInterval'
    | 'interceptors'
    | 'sinks'
    | 'workerDeploymentOptions'
  > = {
    connection,
    namespace,
    activities,
    shutdownGraceTime,
    maxHeartbeatThrottleInterval,
    interceptors: watched.interceptors,
    sinks: watched.sinks,
    ...deploymentOptions(settings),
  };
  const bundle = await workflowBundle(settings.cacheFolder, watched.workflowModules);
  const main = await Worker.create({
    ...common,
    taskQueue: mainQueue(deps.lake.id),
    workflowBundle: bundle,
    ...workflowWorkerOptions,
  });
  const fetchers = await Promise.all(
    usedSources(settings).map((source) =>
      Worker.create({
        ...common,
        taskQueue: sourceQueue(deps.lake.id, source),
        ...requestLimit(settings, source, deps.areQueuesExact),
      }),
    ),
  );
  const isSpending = usedSources(settings).some((source) => isMeteredSource(settings, source));
  const ledgers = isSpending
    ? [
        await Worker.create({
          connection,
          namespace,
          shutdownGraceTime,
          sinks: watched.sinks,
          workflowBundle: bundle,
          ...ledgerOptions,
        }),
      ]
    : [];
  const workers = [main, ...fetchers, ...ledgers];
  const ended = Promise.all(workers.map((worker) => worker.run())).then(() => undefined);
  return { ended, stop: () => workers.forEach(stopOnce) };
}

function usedSources(settings: Settings): string[] {
  const datasets = [...settings.assets.flatMap(({ sources }) => sources), ...settings.snapshots];
  const names = datasets.map(({ dataset }) => dataset.split('.')[0] ?? '');
  return [...new Set(names)];
}

function isMeteredSource(settings: Settings, source: string): boolean {
  const configured = settings.sources[source];
  return configured !== undefined && isMetered(settings.market, configured);
}

/**
 * The sample market sets its own, generous limit. A queue of several partitions lets requests through in bursts and
 * then too few, so there only the ledger paces.
 */
function requestLimit(
  settings: Settings,
  source: string,
  areQueuesExact: boolean,
): Pick<WorkerOptions, 'maxTaskQueueActivitiesPerSecond'> {
  const configured = settings.sources[source];
  if (!configured || configured.isLocal) return {};
  const isSpending = isMetered(settings.market, configured);
  if (isSpending && !areQueuesExact) return {};
  const perMinute = isSpending ? configured.requestsPerMinute : sampleRequestsPerMinute;
  return perMinute === null ? {} : { maxTaskQueueActivitiesPerSecond: perMinute / 60 };
}

function stopOnce(worker: Worker): void {
  if (worker.getState() === 'RUNNING') worker.shutdown();
}
