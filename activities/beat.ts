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
