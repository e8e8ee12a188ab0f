import type { ActivityOptions } from '@temporalio/workflow';

/**
 * How each kind of step is retried: one policy per kind of effect, whole and bounded, since a partial one
 * brings the SDK's unlimited attempts back. `patienceSeconds` is how long trouble is borne (half an hour
 * unless configured); it becomes a number of attempts, because a total time would count the queue too.
 */

const fastestRetrySeconds = 1;
const slowestRetrySeconds = 60;

/**
 * How long a step may be silent before its worker is taken for dead; it beats four times as often. What takes moments comes
 * back soon; a plan of a million cells or a warehouse may leave no time to beat for a while.
 */
const silence = { short: '4 seconds', long: '15 seconds' } as const;

/**
 * How long a worker may think about a cell, a month or a window before it is taken for dead and another one goes on. They
 * take milliseconds. From the fourth attempt the server gives longer by itself, so one that is only slow gets there.
 */
export const childTaskTimeout = '4 seconds';

/** Asking a source: a minute for one answer. The queue paces it, so it is never dispatched eagerly past it. */
export function fetchPolicy(taskQueue: string, patienceSeconds: number): ActivityOptions {
  return {
    taskQueue,
    startToCloseTimeout: '1 minute',
    heartbeatTimeout: silence.short,
    allowEagerDispatch: false,
    retry: patientRetry(patienceSeconds),
  };
}

/** One request of a key whose requests are counted: another attempt needs leave of its own, so it is no retry. */
export function requestPolicy(taskQueue: string): ActivityOptions {
  const policy = fetchPolicy(taskQueue, 0);
  return { ...policy, retry: { ...policy.retry, maximumAttempts: 1 } };
}

/** A word with the ledger of a key: it answers at once, or its worker is gone for the moment. */
export function permitPolicy(patienceSeconds: number): ActivityOptions {
  return { startToCloseTimeout: '20 seconds', retry: patientRetry(patienceSeconds) };
}

/** A step on the lake's disk: ten seconds, and sooner anew where its worker died. */
export function diskPolicy(patienceSeconds: number): ActivityOptions {
  return {
    startToCloseTimeout: '10 seconds',
    heartbeatTimeout: silence.short,
    retry: patientRetry(patienceSeconds),
  };
}

/**
 * A step over all cells of a month: minutes, and sooner anew where its worker died.
 * It bears trouble for two minutes at most: then its cells go on one by one, each with the whole patience.
 */
export function monthPolicy(patienceSeconds: number): ActivityOptions {
  return {
    startToCloseTimeout: '5 minutes',
    heartbeatTimeout: silence.short,
    retry: patientRetry(Math.min(patienceSeconds, 120)),
  };
}

/** Planning and recording whole runs: more files than a cell has, still only the disk. */
export function planPolicy(patienceSeconds: number): ActivityOptions {
  return {
    startToCloseTimeout: '5 minutes',
    heartbeatTimeout: silence.long,
    retry: patientRetry(patienceSeconds),
  };
}

/** Rebuilding the warehouse: as long as it takes. */
export function modelPolicy(patienceSeconds: number): ActivityOptions {
  return {
    startToCloseTimeout: '1 hour',
    heartbeatTimeout: silence.long,
    retry: patientRetry(patienceSeconds),
  };
}

/** Writing the report: what it shows is settled, so three attempts tell whether it can be written. */
export const reportPolicy: ActivityOptions = {
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: silence.long,
  retry: retryTimes(3),
};

/** Packing old files away: each attempt goes on where the one before ended. */
export const packPolicy: ActivityOptions = {
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: silence.long,
  retry: retryTimes(3),
};

/** Looking for alerts: what it finds now the next look finds too, so a few attempts are enough. */
export const lookPolicy: ActivityOptions = {
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: silence.long,
  retry: retryTimes(5),
};

/** Telling a webhook: twelve attempts within the first hour, then one each hour until a day is over. */
export function webhookPolicy(answerWithinSeconds: number): ActivityOptions {
  return {
    startToCloseTimeout: `${answerWithinSeconds + 2} seconds`,
    heartbeatTimeout: silence.short,
    retry: retryTimes(35, 3600),
  };
}

/** Waiting for what another run has in hand: as long as that may take. */
export function awaitPolicy(patienceSeconds: number): ActivityOptions {
  return {
    startToCloseTimeout: `${2 * patienceSeconds + 600} seconds`,
    heartbeatTimeout: silence.long,
    retry: patientRetry(patienceSeconds),
  };
}

function patientRetry(patienceSeconds: number): NonNullable<ActivityOptions['retry']> {
  return retryTimes(attemptsWithin(patienceSeconds));
}

function retryTimes(
  maximumAttempts: number,
  slowestSeconds = slowestRetrySeconds,
): NonNullable<ActivityOptions['retry']> {
  return {
    initialInterval: `${fastestRetrySeconds} seconds`,
    backoffCoefficient: 2,
    maximumInterval: `${slowestSeconds} seconds`,
    maximumAttempts,
  };
}

/** How many attempts, with the pauses above between them, fill a stretch of time; at least two. */
export function attemptsWithin(patienceSeconds: number): number {
  let attempts = 1;
  let pause = fastestRetrySeconds;
  for (let waited = 0; waited + pause <= patienceSeconds; attempts += 1) {
    waited += pause;
    pause = Math.min(pause * 2, slowestRetrySeconds);
  }
  return Math.max(2, attempts);
}

/** The pause after an attempt (the first is 1), as the policies above have it. */
export function pauseSecondsAfter(attempt: number): number {
  return Math.min(fastestRetrySeconds * 2 ** (attempt - 1), slowestRetrySeconds);
}
