import type { ActivityOptions } from '@temporalio/workflow';

/**
 * How each kind of step is retried: one policy per kind of effect, whole and bounded, since a partial one
 * brings the SDK's unlimited attempts back. `patienceSeconds` is how long trouble is borne (half an hour
 * unless configured); it becomes a number of attempts, because a total time would count the queue too.
 */

const fastestRetrySeconds = 1;
const slowestRetrySeconds = 60;

/** Asking a source: a minute for one answer. The queue paces it, so it is never dispatched eagerly past it. */
export function fetchPolicy(taskQueue: string, patienceSeconds: number): ActivityOptions {
  return {
    taskQueue,
    startToCloseTimeout: '1 minute',
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

/** A step on the lake's disk: ten seconds, so that a step whose worker died soon comes back. */
export function diskPolicy(patienceSeconds: number): ActivityOptions {
  return { startToCloseTimeout: '10 seconds', retry: patientRetry(patienceSeconds) };
}

/**
 * A step over all cells of a month: it beats whenever one is done, so that a step whose worker died soon comes back.
 * It bears trouble for two minutes at most: then its cells go on one by one, each with the whole patience.
 */
export function monthPolicy(patienceSeconds: number): ActivityOptions {
  return {
    startToCloseTimeout: '5 minutes',
    heartbeatTimeout: '10 seconds',
    retry: patientRetry(Math.min(patienceSeconds, 120)),
  };
}

/** Planning and recording whole runs: more files than a cell has, still only the disk. */
export function planPolicy(patienceSeconds: number): ActivityOptions {
  return { startToCloseTimeout: '5 minutes', retry: patientRetry(patienceSeconds) };
}

/** Rebuilding the warehouse: it beats while it works, so a dead worker is noticed in half a minute. */
export function modelPolicy(patienceSeconds: number): ActivityOptions {
  return {
    startToCloseTimeout: '1 hour',
    heartbeatTimeout: '30 seconds',
    retry: patientRetry(patienceSeconds),
  };
}

/** Writing the report: what it shows is settled, so three attempts tell whether it can be written. */
export const reportPolicy: ActivityOptions = {
  startToCloseTimeout: '5 minutes',
  retry: {
    initialInterval: '1 second',
    backoffCoefficient: 2,
    maximumInterval: '1 minute',
    maximumAttempts: 3,
  },
};

/** Packing old files away: it beats while it works, and each attempt goes on where the one before ended. */
export const packPolicy: ActivityOptions = {
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '30 seconds',
  retry: {
    initialInterval: '1 second',
    backoffCoefficient: 2,
    maximumInterval: '1 minute',
    maximumAttempts: 3,
  },
};

/** Looking for alerts: what it finds now the next look finds too, so a few attempts are enough. */
export const lookPolicy: ActivityOptions = {
  startToCloseTimeout: '5 minutes',
  retry: {
    initialInterval: '1 second',
    backoffCoefficient: 2,
    maximumInterval: '30 seconds',
    maximumAttempts: 5,
  },
};

/** Telling a webhook: twelve attempts within the first hour, then one each hour until a day is over. */
export function webhookPolicy(answerWithinSeconds: number): ActivityOptions {
  return {
    startToCloseTimeout: `${answerWithinSeconds + 2} seconds`,
    retry: {
      initialInterval: '1 second',
      backoffCoefficient: 2,
      maximumInterval: '1 hour',
      maximumAttempts: 35,
    },
  };
}

/** Waiting for what another run has in hand: as long as that may take, beating all the while. */
export function awaitPolicy(patienceSeconds: number): ActivityOptions {
  return {
    startToCloseTimeout: `${2 * patienceSeconds + 600} seconds`,
    heartbeatTimeout: '30 seconds',
    retry: patientRetry(patienceSeconds),
  };
}

function patientRetry(patienceSeconds: number): NonNullable<ActivityOptions['retry']> {
  return {
    initialInterval: `${fastestRetrySeconds} seconds`,
    backoffCoefficient: 2,
    maximumInterval: `${slowestRetrySeconds} seconds`,
    maximumAttempts: attemptsWithin(patienceSeconds),
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
