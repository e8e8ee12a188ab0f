import { Runtime, type TelemetryOptions } from '@temporalio/worker';
import { bucketsByName } from './metrics.ts';
import type { Log } from './log.ts';
import { sdkLogger } from './sdk-logger.ts';

const portsTried = 20;

/** Where metrics can be read, and whose they are. */
export interface MetricsPlace {
  /** `host:port` that is wished for. */
  readonly address: string;
  readonly market: string;
}

/**
 * Installs Temporal's runtime with our log and, where they are wanted, its metrics and ours on one endpoint. A worker must
 * not fail over a port: where another process has it, the next free one of twenty is taken and named; with none free the
 * worker goes on without metrics and says so.
 */
export function installRuntime(log: Log, metrics: MetricsPlace | null): void {
  if (metrics === null) return install(log, undefined);
  const { host, port } = splitAddress(metrics.address);
  for (let next = port; next < Math.min(port + portsTried, 65_536); next += 1) {
    try {
      install(log, metricsOptions(`${host}:${next}`, metrics.market));
      const url = `http://${host}:${next}/metrics`;
      if (next === port) log.info({ url }, `metrics at ${url}`);
      else log.warn({ url }, `metrics at ${url}: another process has port ${port}`);
      return;
    } catch (error) {
      if (!isAddressTaken(error)) throw error;
    }
  }
  log.error(`no metrics: ports ${port} to ${port + portsTried - 1} of ${host} are all taken`);
  install(log, undefined);
}

function install(log: Log, metrics: TelemetryOptions['metrics']): void {
  Runtime.install({
    logger: sdkLogger(log),
    // By default signals would end the worker behind our back.
    shutdownSignals: [],
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      ...(metrics ? { metrics } : {}),
    },
  });
}

function metricsOptions(bindAddress: string, market: string): NonNullable<TelemetryOptions['metrics']> {
  return {
    // Prices of the sample market are synthetic: its numbers say so.
    globalTags: { market },
    attachServiceName: false,
    prometheus: {
      bindAddress,
      unitSuffix: true,
      useSecondsForDurations: true,
      histogramBucketOverrides: bucketsByName,
    },
  };
}

function splitAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}

function isAddressTaken(error: unknown): boolean {
  return error instanceof Error && /address (already )?in use/i.test(error.message);
}
