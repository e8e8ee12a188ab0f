/** What is recorded before a release: every workflow type, in every way it can go on or end. */
export const scenarios = [
  'backfill-completed',
  'backfill-incomplete',
  'backfill-cancelled',
  'backfill-first-page',
  'backfill-last-page',
  'backfill-by-month',
  'backfill-steered',
  'backfill-metered',
  'daily-run-completed',
  'daily-run-waiting',
  'daily-tick',
  'retry-failed-completed',
  'reaudit-completed',
  'quota',
  'window-by-month',
  'window-completed',
  'window-failed',
  'window-metered',
  'window-reset',
  'month-completed',
  'month-split',
  'partition-published',
  'partition-refused',
  'partition-failed',
  'partition-waited',
  'partition-reset',
] as const;

/** The name of one scenario. */
export type Scenario = (typeof scenarios)[number];
