import type { Logger, LogLevel, LogMetadata } from '@temporalio/worker';
import type { Log } from './log.ts';

/** What the SDK says and our own lines say better (the failed step, the cell or run with its reason), or nobody needs. */
const saidByUs = new Set([
  'Activity failed',
  'Workflow failed',
  'Activity cancelled',
  'No workflows registered, not polling for workflow tasks',
]);

const pinoLevels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'debug', WARN: 'warn', ERROR: 'error' } as const;

/** Leads what Temporal's SDK says into our log. Its everyday lines are for whoever asks for `debug`. */
export function sdkLogger(log: Log): Logger {
  const write = (level: LogLevel, message: string, meta: LogMetadata = {}): void => {
    const shownAt = saidByUs.has(message) ? 'debug' : pinoLevels[level];
    if (log.isLevelEnabled(shownAt)) log[shownAt](fieldsOf(meta), message);
  };
  return {
    log: write,
    trace: (message, meta) => write('TRACE', message, meta),
    debug: (message, meta) => write('DEBUG', message, meta),
    info: (message, meta) => write('INFO', message, meta),
    warn: (message, meta) => write('WARN', message, meta),
    error: (message, meta) => write('ERROR', message, meta),
  };
}

/** Texts, numbers and an error's message: the rest of the SDK's facts are objects of its own. */
function fieldsOf(meta: LogMetadata): Record<string, unknown> {
  const facts = Object.entries(meta).flatMap(([name, value]: [string, unknown]) => {
    if (value instanceof Error) return [[name, value.message] as const];
    return ['string', 'number', 'boolean'].includes(typeof value) ? [[name, value] as const] : [];
  });
  return Object.fromEntries(facts);
}
