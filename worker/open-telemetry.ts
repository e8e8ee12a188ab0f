import { Runtime, type WorkerOptions } from '@temporalio/worker';
import type { Observe } from '../activities/observation.ts';
import type { ActivityDeps } from '../activities/deps.ts';
import { wholeDayOf } from '../plan/planned-snapshots.ts';
import { readStaleness } from '../plan/staleness.ts';
import { configuredSecrets, type Settings } from '../settings.ts';
import { hiding } from '../telemetry/hiding.ts';
import { installRuntime } from '../telemetry/install-runtime.ts';
import { openLog, type Log } from '../telemetry/log.ts';
import { openMetrics, type Measure } from '../telemetry/metrics.ts';
import { observer, startAtZero } from '../telemetry/observer.ts';
import { stepInterceptor } from '../telemetry/step-interceptor.ts';
import { openTraces, workflowTraceModule } from '../telemetry/traces.ts';
import { watchStaleness, type StalenessWatch } from '../telemetry/watch-staleness.ts';

/** What is put into a worker so that it tells of itself. */
export interface Watched {
  readonly interceptors: NonNullable<WorkerOptions['interceptors']>;
  readonly sinks: NonNullable<WorkerOptions['sinks']>;
  /** Modules that the workflows' bundle takes in besides the workflows. */
  readonly workflowModules: readonly string[];
}

/** A worker that nobody watches: nothing is put into it. */
export const unwatched: Watched = { interceptors: {}, sinks: {}, workflowModules: [] };

/** Everything by which a worker tells of itself. */
export interface Telemetry {
  readonly log: Log;
  readonly observe: Observe;
  readonly watched: Watched;
  /** Begins what needs the lake. */
  watchLake(deps: ActivityDeps): void;
  stop(): Promise<void>;
}

/** Opens log, metrics and traces as configured. Must come before any connection: the runtime is installed here. */
export async function openTelemetry(settings: Settings): Promise<Telemetry> {
  const { telemetry, market } = settings;
  const hide = hiding(configuredSecrets(settings));
  const log = openLog(telemetry.log, hide);
  for (const warning of telemetry.warnings) log.warn(warning);
  const isMeasured = telemetry.metricsAddress !== null;
  installRuntime(log, isMeasured ? { address: telemetry.metricsAddress, market } : null);
  const measure: Measure = isMeasured ? openMetrics(Runtime.instance().metricMeter) : () => undefined;
  const complain = (sentence: string): void => log.warn(sentence);
  const traces = await openTraces(telemetry, () => ({ service: 'marketlake-worker', hide, complain }));
  let staleness: StalenessWatch | undefined;
  const nameOnSpan = traces?.nameOnSpan ?? ((): void => undefined);
  return {
    log,
    observe: observer(log, measure, () => staleness?.look()),
    watched: {
      // The outermost opens the span that ours writes on.
      interceptors: {
        activity: [...(traces?.activities ?? []), stepInterceptor({ log, measure, nameOnSpan })],
      },
      sinks: traces?.sinks ?? {},
      workflowModules: traces ? [workflowTraceModule] : [],
    },
    watchLake: (deps) => {
      if (!isMeasured) return;
      const webhooks = (deps.alerts?.webhooks ?? []).map(({ name }) => name);
      startAtZero(measure, deps.contracts.keys(), webhooks);
      const since = deps.lake.createdAt.slice(0, 10);
      const watched = async () => [
        ...(await deps.plannedAssets()),
        ...deps.plannedSnapshots().map(wholeDayOf),
      ];
      const read = async () => readStaleness(deps.index, await watched(), deps.now(), since);
      staleness = watchStaleness(read, deps.contracts.values(), measure, log);
    },
    stop: async () => {
      staleness?.stop();
      await traces?.flush();
    },
  };
}
