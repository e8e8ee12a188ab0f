/** Every workflow that a worker of this house runs. */
export { backfill } from './backfill.ts';
export { dailyRun } from './daily-run.ts';
export { dailyTick } from './daily-tick.ts';
export { lot } from './lot.ts';
export { month } from './month.ts';
export { notify } from './notify.ts';
export { partition } from './partition.ts';
export { quota } from './quota.ts';
export { reaudit } from './reaudit.ts';
export { retryFailed } from './retry-failed.ts';
export { window } from './window.ts';
