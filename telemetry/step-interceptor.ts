import { ApplicationFailure, CancelledFailure, CompleteAsyncError, type Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';
import type { Log } from './log.ts';
import type { Measure } from './metrics.ts';
import { subjectOfStep, type Subject } from './subject.ts';

/** What the interceptor tells to, and what it asks of a trace where there is one. */
export interface StepWatch {
  readonly log: Log;
  readonly measure: Measure;
  /** Names the subject on the span that is open, where spans are made. */
  readonly nameOnSpan: (subject: Subject, attempt: number) => void;
}

/** A step that takes longer is told of: most take milliseconds, and a request is given up after thirty seconds. */
const slowMs: Readonly<Record<string, number>> = {
  model: 600_000,
  report: 120_000,
  fetch: 25_000,
  plan: 60_000,
};
const slowDiskMs = 5_000;
/** These wait for others by design. */
const waiters = new Set(['awaitPartition', 'awaitWorkflow']);

/** Watches every attempt of every step: how long it took, how it ended, and whether it will be tried again. */
export function stepInterceptor(watch: StepWatch): (context: Context) => ActivityInterceptors {
  return (context) => ({
    inbound: {
      execute: async (input, next) => {
        const subject = subjectOfStep(input.args, context.info.workflowExecution?.workflowId);
        watch.nameOnSpan(subject, context.info.attempt);
        const step = new WatchedStep(watch, context, subject);
        try {
          const result = await next(input);
          step.done();
          return result;
        } catch (error) {
          step.failed(error);
          throw error;
        }
      },
    },
  });
}

class WatchedStep {
  readonly #startedMs = performance.now();
  readonly #step: string;

  constructor(
    private readonly watch: StepWatch,
    private readonly context: Context,
    private readonly subject: Subject,
  ) {
    this.#step = context.info.activityType;
    if (this.#step !== 'fetch') return;
    const source = (subject.dataset ?? '').split('.')[0] ?? '';
    // Two clocks, the server's and ours, may differ by a little.
    const waitedMs = Math.max(0, Date.now() - context.info.currentAttemptScheduledTimestampMs);
    watch.measure('marketlake_request_wait_seconds', { source }, waitedMs / 1000);
  }

  done(): void {
    const tookMs = this.#time('done');
    const isSlow = tookMs > (slowMs[this.#step] ?? slowDiskMs) && !waiters.has(this.#step);
    const { log } = this.watch;
    if (isSlow) log.warn({ ...this.#fields(), tookMs }, 'step was slow');
    else if (log.isLevelEnabled('debug')) log.debug({ ...this.#fields(), tookMs }, 'step done');
  }

  failed(error: unknown): void {
    if (error instanceof CompleteAsyncError) return this.done();
    const isCancelled = error instanceof CancelledFailure;
    const tookMs = this.#time(isCancelled ? 'cancelled' : 'failed');
    if (isCancelled) return this.watch.log.debug({ ...this.#fields(), tookMs }, 'step cancelled');
    const { code, message, isNonRetryable } = troubleOf(error);
    const mostAttempts = this.context.info.retryPolicy?.maximumAttempts ?? 0;
    const isLast = mostAttempts > 0 && this.context.info.attempt >= mostAttempts;
    const fate = isNonRetryable || isLast ? 'final' : 'retried';
    this.watch.measure('marketlake_step_failures_total', { step: this.#step, code, fate }, 1);
    const fields = { ...this.#fields(), code, error: message, tookMs, mostAttempts };
    this.watch.log.warn(fields, fate === 'retried' ? 'step failed, to be tried again' : 'step failed');
  }

  #time(outcome: 'done' | 'failed' | 'cancelled'): number {
    const tookMs = performance.now() - this.#startedMs;
    this.watch.measure('marketlake_step_duration_seconds', { step: this.#step, outcome }, tookMs / 1000);
    return Math.round(tookMs);
  }

  #fields(): Record<string, unknown> {
    const { workflowExecution, attempt } = this.context.info;
    const { workflowId, runId: workflowRunId } = workflowExecution ?? {};
    return { ...this.subject, step: this.#step, attempt, workflowId, workflowRunId };
  }
}

function troubleOf(error: unknown): { code: string; message: string; isNonRetryable: boolean } {
  if (error instanceof ApplicationFailure) {
    return {
      code: error.type ?? 'Unknown',
      message: error.message,
      isNonRetryable: error.nonRetryable === true,
    };
  }
  if (error instanceof Error) return { code: error.name, message: error.message, isNonRetryable: false };
  return { code: 'Unknown', message: String(error), isNonRetryable: false };
}
