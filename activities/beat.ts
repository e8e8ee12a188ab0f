import { CancelledFailure, Context } from '@temporalio/activity';

/**
 * Beats for a step of many parts, whenever one is done. Where the step was cancelled, or given up for dead and begun
 * anew by somebody else, the beat stops it between two parts.
 */
export function beatOfParts(): () => void {
  const context = Context.current();
  let done = 0;
  return () => {
    done += 1;
    context.heartbeat(done);
    if (context.cancellationSignal.aborted) throw new CancelledFailure('The step was cancelled');
  };
}

/** So many beats may be lost or late before a step is taken for dead. */
const beatsInTimeout = 4;

/**
 * Wraps a step so that it beats from time to time where its policy listens: silence then means that its worker is gone,
 * and it is begun anew at once instead of when its time is over. Most steps have ended before the first beat is due.
 */
export function beating<Args extends unknown[], Result>(
  step: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    const context = Context.current();
    const { heartbeatTimeoutMs } = context.info;
    if (!heartbeatTimeoutMs) return step(...args);
    const beat = setInterval(() => context.heartbeat(), heartbeatTimeoutMs / beatsInTimeout);
    try {
      return await step(...args);
    } finally {
      clearInterval(beat);
    }
  };
}
