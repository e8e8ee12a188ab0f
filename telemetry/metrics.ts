import type { MetricMeter, MetricTags } from '@temporalio/common';

/**
 * Our own metrics, by name. Labels are few and bounded: no date, no run, no id; a ticker only where the number of
 * configured assets bounds it.
 */
export const metricTable = {
  marketlake_cells_total: {
    kind: 'counter',
    labels: ['dataset', 'outcome'],
    help: 'Cells that came out of a step, by how.',
  },
  marketlake_audit_checks_total: {
    kind: 'counter',
    labels: ['dataset', 'rule', 'severity', 'outcome'],
    help: 'Rules applied to candidates, by what was found.',
  },
  marketlake_request_duration_seconds: {
    kind: 'histogram',
    labels: ['source', 'status'],
    help: 'Requests to a source; status none: no answer came.',
  },
  marketlake_request_wait_seconds: {
    kind: 'histogram',
    labels: ['source'],
    help: 'How long a request stood in its source’s queue, which the rate limit paces.',
  },
  marketlake_step_duration_seconds: {
    kind: 'histogram',
    labels: ['step', 'outcome'],
    help: 'Attempts of steps: done, failed or cancelled.',
  },
  marketlake_step_failures_total: {
    kind: 'counter',
    labels: ['step', 'code', 'fate'],
    help: 'Failed attempts by error code; fate retried, or final.',
  },
  marketlake_runs_total: {
    kind: 'counter',
    labels: ['kind', 'outcome'],
    help: 'Runs that ended: backfill, daily or retry; completed, incomplete, failed or cancelled.',
  },
  marketlake_rebuilds_total: {
    kind: 'counter',
    labels: ['outcome'],
    help: 'Attempts to rebuild the warehouse: built, unchanged or failed.',
  },
  marketlake_rebuild_duration_seconds: {
    kind: 'histogram',
    labels: ['outcome'],
    help: 'How long an attempt to rebuild the warehouse took.',
  },
  marketlake_alerts_total: {
    kind: 'counter',
    labels: ['about', 'event'],
    help: 'Alerts by kind: opened, happened or resolved.',
  },
  marketlake_webhook_duration_seconds: {
    kind: 'histogram',
    labels: ['webhook', 'status'],
    help: 'Requests to a webhook; status none: no answer came.',
  },
  marketlake_deliveries_total: {
    kind: 'counter',
    labels: ['webhook', 'outcome'],
    help: 'Alerts that a webhook took, or that it never will: delivered or undelivered.',
  },
  marketlake_staleness_days: {
    kind: 'gauge',
    labels: ['dataset', 'ticker'],
    help: 'Days from an asset’s newest published day to its newest final open day.',
  },
  marketlake_staleness_limit_days: {
    kind: 'gauge',
    labels: ['dataset'],
    help: 'The freshness that the dataset’s contract promises.',
  },
} as const satisfies Readonly<
  Record<string, { kind: 'counter' | 'histogram' | 'gauge'; labels: readonly string[]; help: string }>
>;

/** The name of one of our metrics. */
export type MetricName = keyof typeof metricTable;

type LabelsOf<Name extends MetricName> = Readonly<
  Record<(typeof metricTable)[Name]['labels'][number], string>
>;

/** Adds to a counter, records in a histogram, or sets a gauge. */
export type Measure = <Name extends MetricName>(name: Name, labels: LabelsOf<Name>, value: number) => void;

/** From a disk step of milliseconds to a rebuild or a queue of many minutes. */
const secondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800];

/** The bounds of every histogram; the SDK's own are those of milliseconds. */
export const bucketsByName: Record<string, number[]> = Object.fromEntries(
  Object.entries(metricTable)
    .filter(([, { kind }]) => kind === 'histogram')
    .map(([name]) => [name, secondsBuckets]),
);

/** Makes every metric on a meter. Units stand in the names: the SDK adds them only to some exporters. */
export function openMetrics(meter: MetricMeter): Measure {
  const acts = new Map<string, (value: number, labels: MetricTags) => void>(
    Object.entries(metricTable).map(([name, metric]) => [name, actOf(meter, name, metric)]),
  );
  return (name, labels, value) => acts.get(name)?.(value, labels);
}

function actOf(
  meter: MetricMeter,
  name: string,
  { kind, help }: { readonly kind: 'counter' | 'histogram' | 'gauge'; readonly help: string },
): (value: number, labels: MetricTags) => void {
  switch (kind) {
    case 'counter': {
      const counter = meter.createCounter(name, undefined, help);
      return (value, labels) => counter.add(value, labels);
    }
    case 'histogram': {
      const histogram = meter.createHistogram(name, 'float', undefined, help);
      return (value, labels) => histogram.record(value, labels);
    }
    case 'gauge': {
      const gauge = meter.createGauge(name, 'float', undefined, help);
      return (value, labels) => gauge.set(value, labels);
    }
  }
}
