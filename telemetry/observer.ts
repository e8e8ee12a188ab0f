import { Context } from '@temporalio/activity';
import { cellOutcomes, type Observation, type Observe } from '../activities/observation.ts';
import type { Log, LogFields } from './log.ts';
import type { Measure } from './metrics.ts';

const runKinds = ['backfill', 'daily', 'retry'] as const;
const runOutcomes = ['completed', 'incomplete', 'failed', 'cancelled'] as const;
const deliveryOutcomes = ['delivered', 'undelivered'] as const;
const rebuildOutcomes = ['built', 'unchanged', 'failed'] as const;

/** Turns what steps tell into numbers and lines. One line for a run's start and end, and for whatever is not well. */
export function observer(log: Log, measure: Measure, onRebuild: () => void): Observe {
  return (what) => {
    count(what, measure);
    tell(what, log);
    if (what.kind === 'rebuild') onRebuild();
  };
}

/**
 * Sets every counter that an alert watches to 0: of a series that begins with its first event Prometheus sees no
 * increase.
 */
export function startAtZero(
  measure: Measure,
  datasets: Iterable<string>,
  webhooks: Iterable<string> = [],
): void {
  for (const dataset of datasets) {
    for (const outcome of cellOutcomes) measure('marketlake_cells_total', { dataset, outcome }, 0);
  }
  for (const kind of runKinds) {
    for (const outcome of runOutcomes) measure('marketlake_runs_total', { kind, outcome }, 0);
  }
  for (const outcome of rebuildOutcomes) measure('marketlake_rebuilds_total', { outcome }, 0);
  for (const webhook of webhooks) {
    for (const outcome of deliveryOutcomes) measure('marketlake_deliveries_total', { webhook, outcome }, 0);
  }
}

function count(what: Observation, measure: Measure): void {
  switch (what.kind) {
    case 'request': {
      const status = what.status === null ? 'none' : String(what.status);
      return measure('marketlake_request_duration_seconds', { source: what.source, status }, what.seconds);
    }
    case 'audit':
      for (const { rule, severity, outcome } of what.checks) {
        measure('marketlake_audit_checks_total', { dataset: what.dataset, rule, severity, outcome }, 1);
      }
      return;
    case 'cell':
      return measure('marketlake_cells_total', { dataset: what.cell.dataset, outcome: what.outcome }, 1);
    case 'cells':
      return measure('marketlake_cells_total', { dataset: what.dataset, outcome: what.outcome }, what.count);
    case 'run-planned':
    case 'compaction':
    case 'retention':
      return;
    case 'run-ended': {
      const kind = runKinds.find((known) => what.run.startsWith(`${known}/`)) ?? 'other';
      return measure('marketlake_runs_total', { kind, outcome: what.end.outcome }, 1);
    }
    case 'alert':
      return measure('marketlake_alerts_total', { about: what.about, event: what.event }, 1);
    case 'delivery': {
      const status = what.status === null ? 'none' : String(what.status);
      return measure('marketlake_webhook_duration_seconds', { webhook: what.webhook, status }, what.seconds);
    }
    case 'delivery-ended':
      return measure('marketlake_deliveries_total', { webhook: what.webhook, outcome: what.event }, 1);
    case 'rebuild':
      measure('marketlake_rebuilds_total', { outcome: what.outcome }, 1);
      return measure('marketlake_rebuild_duration_seconds', { outcome: what.outcome }, what.seconds);
  }
}

function tell(what: Observation, log: Log): void {
  switch (what.kind) {
    case 'cell': {
      const { run, cell, outcome, code, reason } = what;
      const fields = { ...whoIsAtWork(), run, ...cell, outcome, code, reason };
      if (outcome === 'refused' || outcome === 'failed') return log.warn(fields, `cell ${outcome}`);
      if (outcome === 'restated' || outcome === 'skipped') return log.info(fields, `cell ${outcome}`);
      return log.debug(fields, `cell ${outcome}`);
    }
    case 'cells': {
      const { run, dataset, outcome, count: cellCount, code, reason } = what;
      const fields = { ...whoIsAtWork(), run, dataset, outcome, cellCount, code, reason };
      if (outcome === 'refused' || outcome === 'failed')
        return log.warn(fields, `${cellCount} cells ${outcome}`);
      return log.debug(fields, `${cellCount} cells ${outcome}`);
    }
    case 'run-planned': {
      const { due, todo, looks = 0, published, closed, from, to } = what.summary;
      const fields = {
        ...whoIsAtWork(),
        run: what.run,
        date: `${from}..${to}`,
        due,
        todo,
        looks,
        published,
        closed,
      };
      return log.info(fields, 'run planned');
    }
    case 'run-ended': {
      const { outcome, tally, covered, code, reason } = what.end;
      const { published, waiting, refused, failed } = tally;
      const counts = { published, waiting, refused, failed };
      const fields = { ...whoIsAtWork(), run: what.run, outcome, ...counts, covered, code, reason };
      return outcome === 'completed' ? log.info(fields, 'run ended') : log.warn(fields, `run ${outcome}`);
    }
    case 'compaction': {
      const fields = { ...whoIsAtWork(), files: what.files, reason: what.reason };
      return what.outcome === 'made'
        ? log.info(fields, 'compacted')
        : log.warn(fields, `compaction ${what.outcome}`);
    }
    case 'retention': {
      const { run, outcome, archives, removed, reason } = what;
      const fields = { ...whoIsAtWork(), run, archives, removed, reason };
      const isWell = outcome === 'packed' || outcome === 'idle';
      return isWell ? log.info(fields, `retention ${outcome}`) : log.warn(fields, `retention ${outcome}`);
    }
    case 'alert': {
      const { run, about, event, title } = what;
      return log.info({ ...whoIsAtWork(), run, about, title }, `alert ${event}`);
    }
    case 'delivery-ended': {
      const { webhook, about, key, event, code, reason } = what;
      const fields = { ...whoIsAtWork(), webhook, about, key, code, reason };
      return event === 'delivered' ? log.debug(fields, `alert ${event}`) : log.warn(fields, `alert ${event}`);
    }
    case 'request':
    case 'delivery':
    case 'audit':
    case 'rebuild':
      return;
  }
}

/** The workflow and attempt that speak; steps tell only while they run. */
function whoIsAtWork(): LogFields {
  const { workflowExecution, attempt, activityType } = Context.current().info;
  return {
    step: activityType,
    attempt,
    workflowId: workflowExecution?.workflowId,
    workflowRunId: workflowExecution?.runId,
  };
}
